"""Writes what measured GPUs reach of their data sheets, for chips known by a data sheet alone.

    python tools/efficiencies.py

Seconds of a layer are MACs over the peak and bytes over the bandwidth, each times a factor of its
class of number formats, and a constant of all classes: what single kernels of one class add, such
as the conversion of activations to 8 bits, is software, and a narrower format must not look slower
by it. All are fitted together to all measured GPUs; errors are those on a chip that was left out.
Run it after a change of the tables of the sources below, or of the
register.
"""

from __future__ import annotations

import math
from statistics import fmean, median
from typing import TYPE_CHECKING, NamedTuple

from fodlam_silicon.catalogue import index
from fodlam_silicon.point import FORMATS, WEIGHT_BITS, accelerator
from tables import LIBRARY, write_csv

from fodlam_core.predictors import robust
from fodlam_core.predictors.products import product
from fodlam_core.predictors.roofline import RooflineModel
from fodlam_core.validation.errors import width_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core import Measurement

# Operations that frameworks ran; not the best schedule that a tuner found.
SOURCES = ("deepbench", "aiconfigurator")
MOST = 400


class Row(NamedTuple):
    """Parts of the roofline of one measured layer, over its seconds."""

    compute: float
    memory: float
    layer: float


Classes = dict[str, dict[str, list[Row]]]
"""Rows by the class of number formats and the chip."""


def main() -> None:
    """Fit all classes of number formats, and write factors and errors."""
    classes = {name: dict(measured(name)) for name in dict.fromkeys(FORMATS.values())}
    every = fit(classes)
    left_out = {chip: fit(without(classes, chip)) for own in classes.values() for chip in own}
    rows: list[dict[str, object]] = []
    for name, chips in classes.items():
        ratios = [
            [predicted(row, left_out[chip][name]) for row in own] for chip, own in chips.items()
        ]
        off = [[abs(ratio - 1) for ratio in own] for own in ratios]
        logarithms = [math.log(ratio) for own in ratios for ratio in own]
        compute, memory, layer = every[name]
        rows.append(
            {
                "formats": name,
                "compute_efficiency": f"{1 / compute:.4g}",
                "memory_efficiency": f"{1 / memory:.4g}",
                "overhead_s": f"{layer:.4g}",
                "groups": len(chips),
                "runs": len(logarithms),
                "half_width": f"{width_of(logarithms):.4g}",
                "mape": f"{median(map(fmean, off)):.4g}",
                "median": f"{median(map(median, off)):.4g}",
            }
        )
        print(rows[-1])
    write_csv(LIBRARY / "datasheets" / "efficiencies.csv", rows, ())


def without(classes: Classes, chip: str) -> Classes:
    """Return the rows of all other chips."""
    return {
        name: {other: own for other, own in chips.items() if other != chip}
        for name, chips in classes.items()
    }


def measured(formats: str) -> Iterator[tuple[str, list[Row]]]:
    """Yield the measured layers of every point whose peak and bandwidth are known, by chip."""
    for chip, entry in index().items():
        bandwidth = entry.get("memory_bandwidth_bytes_per_s")
        found: list[Row] = []
        for point, (source, *_) in entry["points"].items():
            made = accelerator(chip, point) if source in SOURCES and bandwidth else None
            kind = made.precision.partition(",")[0].split()[0] if made else ""
            peak = entry["peaks"].get("fp4" if kind == "nvfp4" else kind)
            if made is None or peak is None or FORMATS.get(kind) != formats:
                continue
            step = 1 + len(made.measurements) // MOST
            found += [
                Row(
                    row.layer.macs * row.batch / peak / row.latency_s,
                    _bytes(row, kind) / bandwidth / row.latency_s,
                    1 / row.latency_s,
                )
                for row in made.measurements[::step]
                if row.latency_s and row.layer.shape is not None
            ]
        if found:
            yield chip, found


def _bytes(row: Measurement, kind: str) -> float:
    size = WEIGHT_BITS[kind] / 8
    return RooflineModel(
        per_mac=1.0,
        per_byte=1.0,
        constant=0.0,
        exponent=1.0,
        weight_bytes=size,
        activation_bytes=size,
    ).moved(product(row.layer), row.batch)


def fit(classes: Classes) -> dict[str, list[float]]:
    """Return the factors of the three parts by class; that of a layer is the same in all."""
    columns: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in classes}
    layers: list[float] = []
    for name, chips in classes.items():
        for row in (row for own in chips.values() for row in own):
            for each, (compute, memory) in columns.items():
                compute.append(row.compute if each == name else 0.0)
                memory.append(row.memory if each == name else 0.0)
            layers.append(row.layer)
    parts = [part for each in columns.values() for part in each]
    least = [*(1.0 for _ in parts), 0.0]  # no GPU does more than its data sheet
    *factors, layer = robust.fit([*parts, layers], least=least)
    pairs = zip(factors[::2], factors[1::2], strict=True)
    return {name: [*pair, layer] for name, pair in zip(classes, pairs, strict=True)}


def predicted(row: Row, factors: list[float]) -> float:
    """Return predicted over measured seconds."""
    return sum(factor * part for factor, part in zip(factors, row, strict=True))


if __name__ == "__main__":
    main()
