"""Keeps the best points: a Pareto front, or the first so many by one column."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Selection(NamedTuple):
    """Which points to keep; less is better in every column.

    `part` may be applied to parts before `of` is to all of them, with the same result.

    Attributes:
        pareto: the columns of a Pareto front; empty: every point.
        top: how many points to keep; None: every point.
        by: the column that ranks the top.
        distinct: columns that do not distinguish points: of those that agree in all others only
            the first is kept. Empty: every one is.
    """

    pareto: tuple[str, ...] = ()
    top: int | None = None
    by: str = ""
    distinct: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pareto) or self.top is not None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that select; a row without a value in one of them is never kept."""
        return self.pareto if self.top is None else (*self.pareto, self.by)

    def of(self, frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
        """Return what is kept of one or more frames, of which never more than two are held."""
        kept: pl.DataFrame | None = None
        for frame in frames:
            kept = self.part(frame if kept is None else pl.concat([kept, frame]))
        if kept is None:
            raise ValueError("there is nothing to select from")
        if self.top is not None:
            return self._first(kept).sort(self.by, maintain_order=True)
        return kept.sort(self.pareto, maintain_order=True) if self.pareto else kept

    def part(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return what may be kept of everything: the top of a front is only known for the whole."""
        if self.pareto:
            return self._apart(pareto_front(frame, self.pareto))
        return frame if self.top is None else self._first(self._apart(frame))

    def _apart(self, frame: pl.DataFrame) -> pl.DataFrame:
        if not self.distinct:
            return frame
        rest = [name for name in frame.columns if name not in self.distinct]
        # The order in which a frame is computed is not always the same.
        return frame.sort(self.distinct).unique(rest, keep="first", maintain_order=True)

    def _first(self, frame: pl.DataFrame) -> pl.DataFrame:
        assert self.top is not None
        # Ties are broken by the other columns, so that parts and shards make no difference.
        order = [self.by, *(name for name in frame.columns if name != self.by)]
        return frame.filter(pl.col(self.by).is_not_null()).bottom_k(self.top, by=order)


def pareto_front(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return the rows that no other row beats: none is as good in all columns and better in one.

    Rows without a value in one of the columns are never on the front; equal rows all are.

    >>> frame = pl.DataFrame({"a": [1, 2, 3, 2, None], "b": [3, 2, 2, 2, 0]})
    >>> pareto_front(frame, ["a", "b"]).rows()
    [(1, 3), (2, 2), (2, 2)]
    """
    known = frame.drop_nulls(columns)
    candidates = known.select(columns).unique().sort(columns)
    # Sorted by the first column, a row can only be beaten by an earlier one: with two columns by
    # the least of the second before it. That is exact for two, and thins out more of them.
    if len(columns) <= 2:
        last = pl.col(columns[-1])
        best = last.cum_min().shift(1)
        front = candidates.filter(best.is_null() | (last < best)) if columns[1:] else candidates[:1]
    else:
        front = _front(candidates, columns)
    return known.join(front, on=list(columns), how="semi", maintain_order="left")


def _front(candidates: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return the front of rows that all differ, one unbeatable row after the other."""
    front = []
    ranks = [pl.col(name).rank("dense") for name in columns]
    rest = candidates.with_columns(pl.sum_horizontal(ranks).alias("rank")).sort("rank", *columns)
    while rest.height:
        best = rest[:1].drop("rank")
        front.append(best)
        values = best.row(0)
        better = [pl.col(name) < value for name, value in zip(columns, values, strict=True)]
        rest = rest.filter(pl.any_horizontal(better))
    return pl.concat(front) if front else candidates
