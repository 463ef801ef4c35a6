"""Small frames to be multiplied into points: axes, native costs, factors."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import polars as pl

from fodlam_core.estimates.figures import METHODS
from fodlam_core.sweeps.costs import DRAM, HIGH, LOW, TOTAL, Cell, NativeCosts, Slot
from fodlam_core.sweeps.factors import Answer, Points, Values
from fodlam_core.sweeps.ranges import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fodlam_core.sweeps.axes import Axis
    from fodlam_core.sweeps.grid import Slice

DTYPES = {"int": pl.Int64(), "float": pl.Float64(), "bool": pl.Boolean()}

REFUSED = (None, None)


def dtype(axis: Axis) -> pl.DataType:
    """Return the type of the column of an axis."""
    return pl.Enum(axis.labels()) if axis.type == "text" else DTYPES[axis.type]


def slice_frame(each: Slice) -> pl.DataFrame:
    """Return the values of a group of axes, a column for each."""
    return pl.DataFrame([_series(axis, each.start, each.stop) for axis in each.group])


def _series(axis: Axis, start: int, stop: int) -> pl.Series:
    values = axis.values
    if isinstance(values, Range) and values.step is not None:
        # Whole numbers, of which a batch may have millions: never as objects of Python.
        first = int(values.start) + values.step * start
        numbers: pl.Series = pl.int_range(stop - start, eager=True) * values.step + first
        return numbers.alias(axis.key)
    return pl.Series(axis.key, axis.labels(start, stop), dtype=dtype(axis))


def product(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return every combination of rows, the last frame varying fastest.

    A cross join promises no order, and costs are put beside these rows by their places.
    """
    rows = math.prod(frame.height for frame in frames)
    place = pl.int_range(rows, eager=True)
    parts = []
    for frame in frames:
        rows //= frame.height
        parts.append(frame[place // rows % frame.height])
    return pl.concat(parts, how="horizontal")


def points(box: Iterable[Slice], changes: str) -> Points:
    """Return the points of a box as far as axes change one thing; the last group varies fastest."""
    keys: list[str] = []
    labels: list[list[Values]] = []
    values: list[list[Values]] = []
    for each in box:
        axes = [axis for axis in each.group if axis.changes == changes]
        if axes:
            keys += [axis.key for axis in axes]
            told = [axis.labels(each.start, each.stop) for axis in axes]
            meant = [axis.values[each.start : each.stop] for axis in axes]
            labels.append(list(zip(*told, strict=True)))
            values.append(labels[-1] if told == meant else list(zip(*meant, strict=True)))
    rows = _product(labels)
    same = all(one is other for one, other in zip(labels, values, strict=True))
    return Points(keys, rows, rows if same else _product(values))


def _product(steps: Sequence[Sequence[Values]]) -> list[Values]:
    chain = itertools.chain.from_iterable
    return [tuple(chain(combination)) for combination in itertools.product(*steps)]


def cost_frame(
    costs: Sequence[NativeCosts], slots: Sequence[Slot], kinds: Iterable[str]
) -> pl.DataFrame:
    """Return native costs, a row for each variant.

    A latency that is not known has no ``offchip``, an energy no ``energy``; a sum without layers
    on an accelerator has no cell there.
    """
    columns: dict[str, list[float | str | None]] = {
        "problem": [each.problem for each in costs],
    }
    columns[DRAM] = [each.dram_bytes for each in costs]
    for method in METHODS:
        columns[method] = [each.coverage.get(method) for each in costs]
    for name in (TOTAL, LOW, HIGH, *kinds):
        columns[f"offchip {name}"] = [_offchip(each, name) for each in costs]
        known = [(name, "energy_j") in each.sums for each in costs]
        columns[f"energy {name}"] = [0.0 if each else None for each in known]
        for number, slot in enumerate(slots):
            cells = [each.cells.get((slot, name)) for each in costs]
            if any(cells):
                columns[f"onchip {name} {number}"] = [cell and cell.onchip_s for cell in cells]
                columns[f"energy {name} {number}"] = [cell and cell.energy_j for cell in cells]
            fixed = [each.fixed.get((slot, name)) for each in costs]
            if any(cell and any(cell) for cell in fixed):
                columns |= _fixed(fixed, f"{name} {number}")
    text = {"problem": pl.String()}
    return pl.DataFrame(columns, schema={name: text.get(name, pl.Float64()) for name in columns})


def _fixed(cells: Sequence[Cell | None], slot: str) -> dict[str, list[float | str | None]]:
    """Return the columns of what batches cost beside their inferences."""
    return {
        f"fixed onchip {slot}": [cell and cell.onchip_s for cell in cells],
        f"fixed energy {slot}": [cell and cell.energy_j for cell in cells],
        f"fixed offchip {slot}": [cell and cell.offchip_s for cell in cells],
    }


def _offchip(costs: NativeCosts, name: str) -> float | None:
    if (name, "latency_s") not in costs.sums:
        return None
    cells: list[Cell] = [cell for (_, other), cell in costs.cells.items() if other == name]
    return math.fsum(cell.offchip_s for cell in cells)


def factor_frame(answers: Sequence[Sequence[Answer]]) -> pl.DataFrame:
    """Return factors, a row for each technology point, for each accelerator in turn."""
    columns: dict[str, pl.Series] = {}
    for number, each in enumerate(answers):
        refused = [answer if isinstance(answer, str) else None for answer in each]
        pairs = [REFUSED if isinstance(answer, str) else answer for answer in each]
        times, energies = zip(*pairs, strict=True) if pairs else ((), ())
        columns[f"time {number}"] = pl.Series(times, dtype=pl.Float64)
        columns[f"factor {number}"] = pl.Series(energies, dtype=pl.Float64)
        columns[f"refusal {number}"] = pl.Series(refused, dtype=pl.String)
    return pl.DataFrame(columns)
