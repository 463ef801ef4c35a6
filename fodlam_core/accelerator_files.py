"""Reads an accelerator from a data file: a TOML header beside a CSV table of layers.

The header says what holds for the whole table, each with its source::

    name = "mychip"
    title = "MyChip, 28 nm"
    kinds = ["conv"]
    provenance = "measured"         # or post-layout, vendor-model, projected
    table = "mychip.csv"            # beside the header
    power_w = 0.2                   # only if the table has no power column
    peak_macs_per_s = 33.6e9        # optional, as are skips_zeros = true and
    publication = "mychip-tables.toml"  # the tables as printed: `fodlam_core.publications`
    [technology]
    node_nm = 28
    vdd = 0.9
    [citation]
    key = "doe2030mychip"
    text = "J. Doe, MyChip, 2030"
    where = "Table 2"
    bibtex = "@article{doe2030mychip, title = {MyChip}, year = {2030}}"

Each row of the table is one measured layer. ``network, layer, kind, macs, batch`` and a latency
are required; quantities are written as printed, their unit in the column name
(``latency_ms``, ``power_mw``, ``dram_mb``). A shape is given by ``in_channels, in_height,
in_width, out_channels, kernel, stride, padding, groups`` or by ``inputs, outputs``. All further
numeric columns become `Measurement.details`. The densities of a layer are ``weight_density_pct``
and ``activation_density_pct``, or the share of zeros among its activations
``activation_zeros_pct``; a column ``source`` is for the reader. Empty cells are unknown, never
zero.

What a publication says of whole networks only goes into the header, and needs no table::

    [[references]]
    network = "VGG16"
    batch = 1
    latency_ms = 40.5               # or energy_mj, or both
    where = "Table 3"
"""

from __future__ import annotations

import csv
import os
from typing import Any

import tomli

from fodlam_core.accelerator_headers import check_header
from fodlam_core.accelerators import Accelerator
from fodlam_core.costs import Citation, Measurement
from fodlam_core.errors import FodlamError, PluginError
from fodlam_core.layers import Layer
from fodlam_core.predictors.generic import generic_predictors
from fodlam_core.references import Reference
from fodlam_core.shapes import ConvShape, FcShape, Shape
from fodlam_core.technology import Technology

# Suffix of a column name -> (suffix of the SI name, factor). MB are 1e6 bytes, as in the papers.
UNITS = {
    "_s": ("_s", 1.0),
    "_ms": ("_s", 1e-3),
    "_us": ("_s", 1e-6),
    "_w": ("_w", 1.0),
    "_mw": ("_w", 1e-3),
    "_j": ("_j", 1.0),
    "_mj": ("_j", 1e-3),
    "_uj": ("_j", 1e-6),
    "_mb": ("_bytes", 1e6),
    "_gmacs": ("_macs", 1e9),
    "_pct": ("_fraction", 1e-2),
}
_SHAPE = ("in_channels", "in_height", "in_width", "out_channels", "kernel", "stride", "padding")
_CONSUMED = {
    "source",
    *("network", "layer", "kind", "macs", "batch", "calibration", "groups", "inputs", "outputs"),
    *("latency_s", "processing_latency_s", "power_w", "latency_rounding", "power_rounding"),
    *("weight_density_fraction", "activation_density_fraction"),
    *_SHAPE,
}


# Quantities whose printed digits matter: half a unit of the last one is kept beside them.
PRINTED = ("latency_s", "power_w")


def half_unit(text: str) -> float:
    """Return half a unit of the last digit of a printed number.

    >>> half_unit("20.9"), half_unit("332"), half_unit("1.50e3")
    (0.05, 0.5, 5.0)
    """
    digits, _, exponent = text.lower().partition("e")
    return 0.5 * 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))


def load_accelerator(path: str | os.PathLike[str], **changes: Any) -> Accelerator:
    """Read an accelerator from its header file and the table beside it.

    Args:
        path: the TOML header.
        changes: fields of `Accelerator` that the file does not tell, such as ``predictors``
            (default: the generic
            ones, ``per-mac`` first) or ``options``.

    Raises:
        PluginError: naming file, line and column.
    """
    path = os.fspath(path)
    try:
        with open(path, "rb") as file:
            header = tomli.load(file)
        formula = "predictors" in changes
        check_header(path, header, needs_numbers=not formula)
        if "publication" in header:
            header["publication"] = os.path.join(os.path.dirname(path), header["publication"])
        references = [_reference(path, row) for row in header.pop("references", ())]
        rows = _table(os.path.dirname(path), header, formula or bool(references))
        return Accelerator(
            **{
                "predictors": generic_predictors() if rows else (),
                **header,
                "technology": Technology(**header["technology"]),
                "citation": Citation(**header["citation"]),
                "measurements": rows,
                "references": references,
                **changes,
            }
        )
    except KeyError as error:
        raise PluginError(f"{path}: the key {error} is missing") from error
    except PluginError:
        raise
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError, TypeError, FodlamError) as error:
        raise PluginError(f"{path}: {error}") from error


def _table(directory: str, header: dict[str, Any], optional: bool) -> list[Measurement]:
    power_w = header.pop("power_w", None)
    if optional and "table" not in header:
        return []
    return _read_table(os.path.join(directory, header.pop("table")), power_w)


def _reference(path: str, row: dict[str, Any]) -> Reference:
    texts = {key: row[key] for key in ("network", "where") if key in row}
    counts = {key: row[key] for key in ("batch", "macs") if key in row}
    rest = {key: str(row[key]) for key in row if key not in texts and key not in counts}
    reference = Reference(**texts, **counts, **_in_si_units(rest))
    problem = reference.problem()
    if problem:
        raise PluginError(f"{path}: [[references]] {reference.network}: {problem}")
    return reference


def _read_table(path: str, power_w: float | None) -> list[Measurement]:
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = []
        for cells in reader:
            try:
                rows.append(_measurement({**_in_si_units(cells), **_rounding(cells)}, power_w))
            except KeyError as error:
                raise PluginError(
                    f"{path}:{reader.line_num}: column {error} is missing or empty"
                ) from error
            except (ValueError, TypeError, FodlamError) as error:
                raise PluginError(f"{path}:{reader.line_num}: {error}") from error
    return rows


def _in_si_units(cells: dict[str, str]) -> dict[str, Any]:
    """Return the cells that are not empty, quantities as numbers under their SI names."""
    values: dict[str, Any] = {}
    for column, text in cells.items():
        if not text:
            continue
        stem, _, suffix = column.rpartition("_")
        unit = UNITS.get(f"_{suffix}") if stem else None
        if unit:
            values[stem + unit[0]] = float(text) * unit[1]
        else:
            values[column] = text
    return values


def _rounding(cells: dict[str, str]) -> dict[str, float]:
    """Return half a unit of the last printed digit of latency and power, in SI units."""
    values = {}
    for column, text in cells.items():
        stem, _, suffix = column.rpartition("_")
        unit = UNITS.get(f"_{suffix}")
        if text and unit and stem + unit[0] in PRINTED:
            values[f"{stem}_rounding"] = half_unit(text) * unit[1]
    return values


def _measurement(row: dict[str, Any], power_w: float | None) -> Measurement:
    layer = Layer(
        row["layer"],
        row["kind"],
        int(row["macs"]),
        _shape(row),
        weight_density=row.get("weight_density_fraction"),
        activation_density=_activation_density(row),
    )
    latency_s, latency_rounding_s = row["latency_s"], row["latency_rounding"]
    if power_w is None:
        power_w, power_rounding_w = row["power_w"], row["power_rounding"]
    else:
        power_rounding_w = half_unit(repr(power_w))
    return Measurement(
        row["network"],
        layer,
        int(row["batch"]),
        latency_s,
        power_w,
        latency_s - row.get("processing_latency_s", latency_s),
        row.get("calibration", "true") == "true",
        {name: float(value) for name, value in row.items() if name not in _CONSUMED},
        latency_rounding_s=latency_rounding_s,
        # The product of the upper ends, less the product.
        energy_rounding_j=power_w * latency_rounding_s
        + (latency_s + latency_rounding_s) * power_rounding_w,
    )


def _activation_density(row: dict[str, Any]) -> float | None:
    if "activation_zeros_fraction" in row:
        return float(1 - row["activation_zeros_fraction"])
    return row.get("activation_density_fraction")


def _shape(row: dict[str, Any]) -> Shape | None:
    if "inputs" in row:
        return FcShape(int(row["inputs"]), int(row["outputs"]))
    if "in_channels" in row:
        channels, height, width, filters, kernel, stride, padding = (
            int(row[name]) for name in _SHAPE
        )
        return ConvShape.from_input(
            (channels, height, width),
            filters,
            kernel,
            stride,
            padding,
            groups=int(row["groups"]),
        )
    return None
