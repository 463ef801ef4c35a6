"""What is known of a result without its rows."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from fodlam_core.model.quantities import COST_KEYS
from fodlam_core.sweeps.reasons import Reason, count_reasons, merge_reasons
from fodlam_core.sweeps.verdicts import PROBLEM

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Summary(NamedTuple):
    """Counts and ranges of a result or of a part of it.

    Attributes:
        rows: the number of rows.
        refused: how many of them have a problem instead of costs.
        reasons: which problems they have, the most frequent first.
        ranges: least and greatest value of the costs; None where there is none.
        unknown: how many of the others lack a value of a column that selects, by column; no
            selection keeps them.
    """

    rows: int = 0
    refused: int = 0
    reasons: tuple[Reason, ...] = ()
    ranges: Mapping[str, tuple[float | None, float | None]] = MappingProxyType({})
    unknown: Mapping[str, int] = MappingProxyType({})

    def to_dict(self) -> dict[str, Any]:
        """Return all figures by name."""
        return {
            "rows": self.rows,
            "refused": self.refused,
            "reasons": {str(each): each.points for each in self.reasons},
            "ranges": {name: list(ends) for name, ends in self.ranges.items()},
            "unknown": dict(self.unknown),
        }


def summarize(frame: pl.LazyFrame, selecting: Sequence[str] = ()) -> Summary:
    """Return the summary of a frame.

    Args:
        frame: the frame.
        selecting: the columns that select from it.
    """
    selecting = tuple(dict.fromkeys(selecting))
    problem = pl.col(PROBLEM)
    figures = frame.select(
        pl.len().alias("rows"),
        problem.is_not_null().sum().alias("refused"),
        *(pl.col(name).min().alias(f"least {name}") for name in COST_KEYS),
        *(pl.col(name).max().alias(f"greatest {name}") for name in COST_KEYS),
        *(
            (problem.is_null() & pl.col(name).is_null()).sum().alias(f"unknown {name}")
            for name in selecting
        ),
    )
    row = figures.collect(engine="streaming").row(0, named=True)
    reasons: tuple[Reason, ...] = ()
    if row["refused"]:
        counts = frame.filter(problem.is_not_null()).group_by(PROBLEM).len()
        reasons = count_reasons(counts.collect(engine="streaming"))
    ranges = {name: (row[f"least {name}"], row[f"greatest {name}"]) for name in COST_KEYS}
    return Summary(
        rows=row["rows"],
        refused=row["refused"],
        reasons=reasons,
        ranges=ranges,
        unknown={name: row[f"unknown {name}"] for name in selecting},
    )


def merge(summaries: Iterable[Summary]) -> Summary:
    """Return the summary of several parts together."""
    rows = refused = 0
    unknown: Counter[str] = Counter()
    reasons: list[Reason] = []
    ends: dict[str, list[float]] = {name: [] for name in COST_KEYS}
    for each in summaries:
        rows, refused = rows + each.rows, refused + each.refused
        reasons += each.reasons
        unknown.update(each.unknown)
        for name, pair in each.ranges.items():
            known = [*ends[name], *(end for end in pair if end is not None)]
            ends[name] = [min(known), max(known)] if known else []
    ranges = {name: (pair[0], pair[1]) if pair else (None, None) for name, pair in ends.items()}
    return Summary(
        rows=rows,
        refused=refused,
        reasons=merge_reasons(reasons),
        ranges=ranges,
        unknown=dict(unknown),
    )


def summary_of(record: Mapping[str, Any]) -> Summary:
    """Return a summary that was written as JSON by its fields.

    Raises:
        KeyError, TypeError, ValueError: if it was not.
    """
    reasons = (
        Reason(text, tuple((low, high) for low, high in ranges), points)
        for text, ranges, points in record["reasons"]
    )
    ends = {name: (least, greatest) for name, (least, greatest) in record["ranges"].items()}
    return Summary(
        rows=record["rows"],
        refused=record["refused"],
        reasons=tuple(reasons),
        ranges=ends,
        unknown=record["unknown"],
    )
