"""What is told of a result without looking at its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import polars as pl

from fodlam_core.sweeps.columns import COSTS, PROBLEM

# Reasons name the values that are refused: there can be as many as points.
REASONS = 100


class Summary(NamedTuple):
    """Counts and ranges of a result or of a part of it.

    Attributes:
        rows: the number of rows.
        refused: how many of them have a problem instead of costs.
        reasons: how many rows have which problem; the most frequent ones.
        ranges: least and greatest value of the costs; None where there is none.
    """

    rows: int = 0
    refused: int = 0
    reasons: Mapping[str, int] = MappingProxyType({})
    ranges: Mapping[str, tuple[float | None, float | None]] = MappingProxyType({})

    def to_dict(self) -> dict[str, Any]:
        """Return all figures by name."""
        return {
            "rows": self.rows,
            "refused": self.refused,
            "reasons": dict(self.reasons),
            "ranges": {name: list(ends) for name, ends in self.ranges.items()},
        }


def summarize(frame: pl.LazyFrame) -> Summary:
    """Return the summary of a frame."""
    problem = pl.col(PROBLEM)
    figures = frame.select(
        pl.len().alias("rows"),
        problem.is_not_null().sum().alias("refused"),
        *(pl.col(name).min().alias(f"least {name}") for name in COSTS),
        *(pl.col(name).max().alias(f"greatest {name}") for name in COSTS),
    )
    row = figures.collect(engine="streaming").row(0, named=True)
    reasons: dict[str, int] = {}
    if row["refused"]:
        counts = frame.filter(problem.is_not_null()).group_by(PROBLEM).len()
        most = counts.collect(engine="streaming").top_k(REASONS, by=["len", PROBLEM])
        reasons = dict(most.iter_rows())
    ranges = {name: (row[f"least {name}"], row[f"greatest {name}"]) for name in COSTS}
    return Summary(row["rows"], row["refused"], reasons, ranges)


def merge(summaries: Iterable[Summary]) -> Summary:
    """Return the summary of several parts together."""
    rows = refused = 0
    reasons: Counter[str] = Counter()
    ends: dict[str, list[float]] = {name: [] for name in COSTS}
    for each in summaries:
        rows, refused = rows + each.rows, refused + each.refused
        reasons.update(each.reasons)
        for name, pair in each.ranges.items():
            known = [*ends[name], *(end for end in pair if end is not None)]
            ends[name] = [min(known), max(known)] if known else []
    ranges = {name: (pair[0], pair[1]) if pair else (None, None) for name, pair in ends.items()}
    return Summary(rows, refused, dict(reasons.most_common(REASONS)), ranges)
