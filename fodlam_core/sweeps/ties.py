"""Points that cost the same, as one line: axes that change nothing would fill a table otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from fodlam_core.report.units import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_NAMED = 3


def as_lines(frame: pl.DataFrame, axes: Iterable[str]) -> tuple[pl.DataFrame, list[str]]:
    """Return rows, those that differ in one axis only as one, one axis after the other.

    Args:
        frame: the rows.
        axes: the columns that are axes.

    Returns:
        The lines, in the order of their first rows, and the axes that many rows are one line of.

    >>> frame = pl.DataFrame({"vdd": [0.8, 0.9, 1.0], "energy_j": [1, 1, 2]})
    >>> lines, merged = as_lines(frame, ["vdd"])
    >>> lines.rows(), merged
    ([('0.8 to 0.9 (2 values)', 1), ('1', 2)], ['vdd'])
    """
    merged = []
    for axis in axes:
        others = [name for name in frame.columns if name != axis]
        lines = frame.group_by(others, maintain_order=True).agg(axis)
        if lines.height < frame.height:
            told = [_told(values) for values in lines[axis].to_list()]
            frame = lines.with_columns(pl.Series(axis, told)).select(frame.columns)
            merged.append(axis)
    return frame, merged


def _told(values: Sequence[object]) -> str:
    """Return values in short."""
    texts = [number(value) if isinstance(value, float) else str(value) for value in values]
    numbers = [value for value in values if isinstance(value, int | float)]
    if len(texts) > 1 and len(numbers) == len(texts):
        low, high = (texts[numbers.index(end)] for end in (min(numbers), max(numbers)))
        return f"{low} to {high} ({len(texts)} values)"
    more = f", ... ({len(texts)} values)" if len(texts) > MOST_NAMED else ""
    return ", ".join(texts[:MOST_NAMED]) + more
