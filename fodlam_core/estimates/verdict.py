"""What a result is worth: how it was got, error bars, coverage, and what counts against it.

One value for every table, file and script, so that none shows a number without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.estimates.capacity import DOES_NOT_FIT
from fodlam_core.estimates.notes import (
    BY_DATASHEET,
    INCOMPLETE,
    NOT_MODELLED,
    SEVERAL_CHIPS,
    UNLIKE,
)
from fodlam_core.estimates.plausibility import IMPLAUSIBLE
from fodlam_core.model.costs import DATASHEET
from fodlam_core.model.quantities import METRICS, Interval
from fodlam_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fodlam_core.estimates.result import Result
    from fodlam_core.model.quantities import Bounds

FITS = "fits"
# How the notes begin that are doubts.
DOUBTS = (
    *(DOES_NOT_FIT, IMPLAUSIBLE, NOT_MODELLED, BY_DATASHEET, SEVERAL_CHIPS),
    *(UNLIKE, INCOMPLETE),
)
# Nothing of these was measured on a chip: numbers of such a publication are not called measured.
NOT_MEASURED = ("post-layout", "vendor-model", "projected")
# What a row has in place of a verdict where everything is refused.
NO_VERDICT: Mapping[str, Any] = {
    "method": None,
    "interval": None,
    "coverage": {metric.name: 0.0 for metric in METRICS},
    "implausible": [],
    "notes": [],
}


class Verdict(NamedTuple):
    """What supports the total of a result, and what counts against it.

    Attributes:
        method: ``"measured"``, or ``"published"`` where some of it was simulated by its authors;
            ``"predicted"`` if any layer is; ``"datasheet"`` if any rests on a datasheet alone.
        is_rate: whether a latency in it is the reciprocal of a throughput.
        interval: where each metric of what is modelled may lie; None where it is not known.
        coverage: the share of the MACs that has a value of each metric, by its name.
        doubts: sentences that say what does not fit, cannot be, is refused, was not measured,
            is of several chips, or leaves something out that the coverage does not tell of.
        notes: everything that a reader must know.
    """

    method: str
    is_rate: bool
    interval: Interval
    coverage: Mapping[str, float]
    doubts: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def words(self) -> str:
        """What counts against the result; ``"fits"`` if nothing does."""
        return "; ".join(self.doubts) or FITS

    @property
    def implausible(self) -> list[str]:
        """What in the result cannot be, each a sentence."""
        return [each for each in self.doubts if each.startswith(IMPLAUSIBLE)]

    def to_dict(self) -> dict[str, Any]:
        """Return what rows of rankings, comparisons and files have besides the costs."""
        return {
            "method": self.method or None,
            "interval": self.interval.record() if any(self.interval) else None,
            "coverage": dict(self.coverage),
            "implausible": self.implausible,
            "verdict": self.words,
            "notes": list(self.notes),
        }


def in_short(words: str) -> str:
    """Return the words of a verdict without the sentences, for a cell of a table.

    >>> in_short("implausible: eie: energy per MAC too low of FC8; does not fit: 123 M weights")
    'does not fit, implausible'
    """
    return ", ".join(kind.rstrip(": ") for kind in DOUBTS if kind in words) or FITS


def flat_verdict(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with its verdict in flat columns, for tables and data frames."""
    row = {key: value for key, value in record.items() if not isinstance(value, dict | list)}
    row.pop("interval", None)
    ends = record["interval"] or {}
    for metric in METRICS:
        low, high = ends.get(metric.key) or (None, None)
        row |= {metric.end("low"): low, metric.end("high"): high}
        row[f"{metric.name}_macs_share"] = record["coverage"][metric.name]
    return row | {"notes": "; ".join(record["notes"])}


def verdict(estimate: Result) -> Verdict:
    """Return the verdict on an estimate."""
    doubts = [note for note in estimate.notes if note.startswith(DOUBTS)]
    return Verdict(
        method=_method(estimate),
        is_rate=any(
            each.accelerator.latency_is != "inference" for each in estimate.platforms.values()
        ),
        interval=Interval(*[_bounds(estimate, place) for place in range(len(METRICS))]),
        coverage={each.name: estimate.coverage.known_share(each.name) or 0.0 for each in METRICS},
        doubts=tuple(doubts),
        notes=estimate.notes,
    )


def _method(estimate: Result) -> str:
    if not any(estimate.coverage.known_share(metric.name) for metric in METRICS):
        return ""
    kinds = {each.accelerator.provenance for each in estimate.platforms.values()}
    if DATASHEET in kinds:
        return DATASHEET
    if estimate.coverage.layers["predicted"]:
        return "predicted"
    return "published" if kinds & {*NOT_MEASURED} else "measured"


def _bounds(estimate: Result, place: int) -> Bounds | None:
    """Return where a metric, by its place, of what is modelled may lie; None if not known.

    The ends of the layers are added, those of layers without a cost left out as their cost is.
    """
    interval = estimate.totals["total"].interval
    if interval is not None and interval[place] is not None:
        return interval[place]
    known = [each for each in estimate.layers if each.amounts[place] is not None]
    ends = [each.interval and each.interval[place] for each in known]
    found = [end for end in ends if end is not None]
    if not found or len(found) < len(known):
        return None
    return sum(end[0] for end in found), sum(end[1] for end in found)
