"""Builds one operating point of a chip from its tables."""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import tomli

from fodlam_core import Accelerator, Citation, CrossValidated, Technology, named_predictors

from . import shared
from .catalogue import HERE, index
from .fits import fit_of
from .networks import Library, families_of
from .rows import layers, networks

if TYPE_CHECKING:
    from fodlam_core import Coefficients, Predictor

Errors = Mapping[str, Mapping[str, CrossValidated]]
# What the register knows and an accelerator has a field for.
FACTS = ("area_mm2", "clock_hz", "memory_bandwidth_bytes_per_s", "memory_bytes", "tdp_w", "year")
FEWEST = 3
"""Networks of which a sum of terms can be fitted, and what it says be compared with one."""
TERMS = {
    "cpu": "networks-cpu",
    "cpu-int8": "networks-int8",
    "gpu": "networks-gpu",
    "gpu-int8": "networks-int8",
}
"""The terms that predict best over all chips of a group of ncnn."""
MANY = 12
"""Networks from which on a prior from other chips hurts more than it helps."""
WEIGHT_BITS = {
    "int4": 4,
    "nvfp4": 4,
    "fp4": 4,
    "int8": 8,
    "fp8": 8,
    "fp16": 16,
    "bf16": 16,
    "fp32": 32,
}
FORMATS = {
    **dict.fromkeys(("fp32", "fp16-vector"), "vector"),
    **dict.fromkeys(("fp16", "bf16"), "16 bit"),
    **dict.fromkeys(("fp8", "int8"), "8 bit"),
    **dict.fromkeys(("nvfp4", "fp4"), "4 bit"),
}
"""Number formats that GPUs reach alike shares of their peaks in."""


RUN = ("fp16", "bf16", "fp16-vector")
"""Formats in which whole runs of engines were put beside data sheets: their error counts."""


def accelerator(chip: str, point: str) -> Accelerator:
    """Return an operating point, named ``chip/point``."""
    entry = index()[chip]
    source = entry["points"][point][0]
    header, said = source_header(source), points_of(source)[chip, point]
    measurements = layers(HERE / source / "layers" / f"{chip}.csv", point)
    references = networks(HERE / source / "networks" / f"{chip}.csv", point)
    peak = float(said["peak_macs_per_s"]) if "peak_macs_per_s" in said else None
    known = Library(reference.network for reference in references)
    fit = fit_of(source, chip, point)
    short = _format(said)
    return Accelerator(
        name=f"{chip}/{point}",
        title=f"{entry['title']}: {said['title']}",
        kinds=said["kinds"].split(),
        technology=_technology(entry, said),
        citation=Citation(**header["citation"], where=header["where"]),
        provenance=said.get("provenance", header["provenance"]),
        measurements=measurements,
        references=references,
        networks=known,
        families=families_of(known),
        cross_validated=_widened(
            errors(source, header, entry, said),
            header.get("least_half_width", 0.0),
        ),
        fits={fit.predictor: fit} if fit else {},
        predictors=_predictors(header, entry, said, len(measurements), len(known)),
        precision=said["precision"],
        notes=header.get("notes", ()),
        energy_covers=header.get("energy_covers", ""),
        latency_is=said.get("latency_is", header.get("latency_is", "inference")),
        peak_macs_per_s=peak or entry["peaks"].get(short),
        weight_bits=float(said["weight_bits"]) if "weight_bits" in said else WEIGHT_BITS.get(short),
        chip_count=int(said.get("chip_count", 1)),
        vendor=entry["vendor"],
        device=entry["device"],
        aliases=entry["aliases"],
        **_facts(entry, said),
    )


@functools.cache
def source_header(source: str) -> dict[str, Any]:
    """Return what holds for all tables of a source, from its ``source.toml``."""
    with open(HERE / source / "source.toml", "rb") as file:
        return tomli.load(file)


@functools.cache
def points_of(source: str) -> dict[tuple[str, str], dict[str, str]]:
    """Return what a source says of its points, by chip and point; empty cells are left out."""
    with open(HERE / source / "points.csv", encoding="utf-8", newline="") as file:
        return {
            (row["chip"], row["point"]): {key: cell for key, cell in row.items() if cell}
            for row in csv.DictReader(file)
        }


def predicts(
    header: dict[str, Any], entry: dict[str, Any], said: dict[str, str], layers: int, networks: int
) -> bool:
    """Tell whether a point predicts layers, and is not known by whole networks alone.

    Args:
        header: what holds for its source.
        entry: what the index has of its chip.
        said: what the source says of the point.
        layers: its measured layers.
        networks: its measured networks whose layers are known.
    """
    if "peak_macs_per_s" in said:
        return "memory_bandwidth_bytes_per_s" in entry
    return "predictors" in header or layers > 0 or networks >= FEWEST


def _predictors(
    header: dict[str, Any], entry: dict[str, Any], said: dict[str, str], layers: int, networks: int
) -> tuple[Predictor, ...]:
    """Return what predicts: of a datasheet its roofline; none where too little was measured."""
    if "predictors" in header:
        return named_predictors(header["predictors"], _options(header, entry, said))
    if "peak_macs_per_s" in said:
        return named_predictors(["roofline"], {"roofline": _roofline(entry, said)})
    if not predicts(header, entry, said, layers, networks):
        return ()
    if layers:
        return named_predictors(["linear", "per-mac"])
    chip, point = said["chip"], said["point"]
    source = entry["points"][point][0]
    alike = donors(source, chip, group(point)) if networks < MANY else ()
    options = {"donors": alike, "terms": TERMS[group(point)] if source == "ncnn" else None}
    return named_predictors(["linear"], {"linear": options})


def _roofline(entry: dict[str, Any], said: dict[str, str]) -> dict[str, Any]:
    """Return the options of the roofline of a data sheet: of a GPU what measured ones reach."""
    peak, bandwidth = float(said["peak_macs_per_s"]), entry.get("memory_bandwidth_bytes_per_s")
    bits, reached = WEIGHT_BITS.get(_format(said), 16), _reached(entry, said)
    if not reached:
        return {
            "peak_macs_per_s": peak,
            "bandwidth_bytes_per_s": bandwidth,
            "weight_bits": bits,
        }
    return {
        "peak_macs_per_s": peak * float(reached["compute_efficiency"]),
        "bandwidth_bytes_per_s": bandwidth * float(reached["memory_efficiency"]),
        "overhead_s": float(reached["overhead_s"]),
        "weight_bits": bits,
        "exponent": 1.0,  # the parts add up
    }


def _of_datasheet(entry: dict[str, Any], said: dict[str, str]) -> Errors:
    """Return the error of the roofline of a data sheet on chips that were left out."""
    row = _reached(entry, said)
    return {"roofline": {"latency": shared.left_out(row)}} if row else {}


def _reached(entry: dict[str, Any], said: dict[str, str]) -> dict[str, str] | None:
    """Return what GPUs reach of their data sheets; None for other chips and formats."""
    known = "peak_macs_per_s" in said and "memory_bandwidth_bytes_per_s" in entry
    if entry["device"] != "gpu" or not known:
        return None
    return _efficiencies().get(FORMATS.get(_format(said), ""))


@functools.cache
def _efficiencies() -> dict[str, dict[str, str]]:
    with open(HERE / "datasheets" / "efficiencies.csv", encoding="utf-8", newline="") as file:
        return {row["formats"]: row for row in csv.DictReader(file)}


def group(point: str) -> str:
    """Return what chips that behave alike have in common: CPU or GPU, quantised or not.

    >>> group("ncnn-4t-big-int8"), group("ncnn-gpu")
    ('cpu-int8', 'gpu')
    """
    engine = "gpu" if "gpu" in point else "cpu"
    return f"{engine}-int8" if point.endswith("-int8") else engine


def donors(source: str, chip: str, alike: str) -> tuple[Coefficients, ...]:
    """Return the coefficients of the other chips of a group; none where a source has none."""
    from fodlam_core import Coefficients

    return tuple(
        Coefficients({term: float(cell) for term, cell in row.items() if cell})
        for name, own, row in _donors(source)
        if own == alike and name != chip
    )


@functools.cache
def _donors(source: str) -> list[tuple[str, str, dict[str, str]]]:
    path = HERE / source / "donors.csv"
    if not path.exists():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(row.pop("chip"), row.pop("group"), row) for row in rows if row.pop("point")]


def _of_datasheets(header: dict[str, Any], entry: dict[str, Any], short: str) -> Errors:
    """Return the errors of datasheets, where they are known: of GPUs at 16 bits."""
    if entry["device"] != "gpu" or short not in RUN:
        return {}
    every: dict[str, dict[str, Any]] = header.get("gpus_at_16_bits", {})
    return {
        predictor: {name: CrossValidated(**each) for name, each in quantities.items()}
        for predictor, quantities in every.items()
    }


def errors(
    source: str, header: dict[str, Any], entry: dict[str, Any], said: dict[str, str]
) -> Errors:
    """Return the errors of a point: its own, else those of chips that were left out.

    Args:
        source: where the point is from.
        header: what holds for all tables of the source.
        entry: what the index has of the chip.
        said: what the source says of the point.
    """
    fit = fit_of(source, said["chip"], said["point"])
    if fit is not None and fit.errors:
        return {fit.predictor: fit.errors}
    return (
        shared.errors(source, said["point"])
        or _of_datasheets(header, entry, _format(said))
        or _of_datasheet(entry, said)
    )


def _widened(known: Errors, least: float) -> Errors:
    """Return errors whose intervals are no narrower than what the software alone changes."""
    return {
        predictor: {
            quantity: _at_least(each, least)._replace(
                kinds={kind: _at_least(own, least) for kind, own in each.kinds.items()}
            )
            for quantity, each in quantities.items()
        }
        for predictor, quantities in known.items()
    }


def _at_least(error: CrossValidated, least: float) -> CrossValidated:
    return error._replace(half_width=max(error.half_width, least))


def _options(header: dict[str, Any], entry: dict[str, Any], said: dict[str, str]) -> Any:
    """Return the options of predictors, with what chips of the source share."""
    chip, point = said["chip"], said["point"]
    options = header.get("options", {}) | header.get("point_options", {}).get(point, {})
    source, bits = entry["points"][point][0], float(said.get("weight_bits", 16))
    found = shared.coefficients(source, chip, point, entry, bits)
    if found is not None:
        options = options | {"linear": {**options["linear"], "donors": (found,)}}
    return options


def _format(said: dict[str, str]) -> str:
    """Return the number format that a precision begins with."""
    return said["precision"].partition(",")[0].split()[0]


def _facts(entry: dict[str, Any], said: dict[str, str]) -> dict[str, Any]:
    facts = {name: entry[name] for name in FACTS if name in entry}
    return {**facts, **({"clock_hz": float(said["clock_hz"])} if "clock_hz" in said else {})}


def _technology(entry: dict[str, Any], said: dict[str, str]) -> Technology | None:
    """Return the process of a chip; None where no source states it, and for FPGAs.

    What runs on an FPGA does not scale with the node of the FPGA as a chip does.
    """
    if "node_nm" not in entry or entry["device"] == "fpga":
        return None
    return Technology(entry["node_nm"], float(said["vdd"]) if "vdd" in said else None)
