"""Small frames to be multiplied into points: axes, native costs, factors."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import polars as pl

from fodlam_core.estimates.figures import METHODS
from fodlam_core.model.quantities import METRICS
from fodlam_core.model.technology import Multipliers
from fodlam_core.sweeps.costs import DRAM, HIGH, LOW, TOTAL, Cell, NativeCosts, Slot
from fodlam_core.sweeps.factors import Answer, Points, Values
from fodlam_core.sweeps.ranges import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fodlam_core.sweeps.axes import Axis
    from fodlam_core.sweeps.grid import Slice

DTYPES = {"int": pl.Int64(), "float": pl.Float64(), "bool": pl.Boolean()}

REFUSED = (None,) * len(Multipliers._fields)


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
        first, end = (int(values.start) + values.step * index for index in (start, stop))
        numbers: pl.Series = pl.int_range(first, end, values.step, eager=True)
        return numbers.alias(axis.key)
    return pl.Series(axis.key, axis.labels(start, stop), dtype=dtype(axis))


def product(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return every combination of rows, the last frame varying fastest.

    A cross join promises no order, and costs are put next to these rows by their places.
    """
    if len(frames) == 1:
        return frames[0]
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

    A sum of a metric holds the part that no factor applies to, and nothing where it is not known;
    a sum without layers on an accelerator has no cell there.
    """
    columns: dict[str, list[float | str | None]] = {
        "problem": [each.problem for each in costs],
    }
    columns[DRAM] = [each.dram_bytes for each in costs]
    for method in METHODS:
        columns[method] = [each.coverage.get(method) for each in costs]
    for name in (TOTAL, LOW, HIGH, *kinds):
        for place, metric in enumerate(METRICS):
            columns[f"{metric.name} {name}"] = [
                _fixed_part(each, name, place) if (name, metric.key) in each.sums else None
                for each in costs
            ]
        for number, slot in enumerate(slots):
            cells = [each.cells.get((slot, name)) for each in costs]
            if any(cells):
                columns |= _parts(cells, "{}", f"{name} {number}", "scaled")
            constant = [each.fixed.get((slot, name)) for each in costs]
            if any(cell and any(cell.numbers) for cell in constant):
                columns |= _parts(constant, "constant {}", f"{name} {number}", "scaled")
                columns |= _parts(constant, "constant fixed {}", f"{name} {number}", "fixed")
    text = {"problem": pl.String()}
    return pl.DataFrame(columns, schema={name: text.get(name, pl.Float64()) for name in columns})


def _parts(
    cells: Sequence[Cell | None], what: str, where: str, part: str
) -> dict[str, list[float | str | None]]:
    """Return a column for one part of each metric."""
    return {
        f"{what.format(metric.name)} {where}": [
            cell and getattr(cell, part)[place] for cell in cells
        ]
        for place, metric in enumerate(METRICS)
    }


def _fixed_part(costs: NativeCosts, name: str, place: int) -> float:
    return math.fsum(cell.fixed[place] for (_, other), cell in costs.cells.items() if other == name)


def factor_frame(answers: Sequence[Sequence[Answer]]) -> pl.DataFrame:
    """Return factors, a row for each technology point, for each accelerator in turn."""
    columns: dict[str, pl.Series] = {}
    for number, each in enumerate(answers):
        refused = [answer if isinstance(answer, str) else None for answer in each]
        factors = [REFUSED if isinstance(answer, str) else answer for answer in each]
        for place, name in enumerate(Multipliers._fields):
            values = [every[place] for every in factors]
            columns[f"{name} factor {number}"] = pl.Series(values, dtype=pl.Float64)
        columns[f"refusal {number}"] = pl.Series(refused, dtype=pl.String)
    return pl.DataFrame(columns)
