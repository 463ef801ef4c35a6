"""A ranking as a person reads it: the ranked chips, doubts, and those that are not ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.analyses.ranked import LEAST_SHARE, SORTS, Ranked
from fodlam_core.estimates.columns import WITH_ENDS, costs_with_ends
from fodlam_core.estimates.notes import BY_DATASHEET
from fodlam_core.estimates.verdict import FITS
from fodlam_core.model.costs import DATASHEET
from fodlam_core.report.document import Bullets, Document, Text, table
from fodlam_core.report.units import counted, percent, quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.analyses.ranking import Ranking

MOST_OTHERS = 20


def ranking_document(ranking: Ranking) -> Document:
    """Return the ranking as a document for a person."""
    batch = counted(ranking.batch, "inference")
    macs = quantity(ranking.network.total_macs, "MAC")
    title = f"{ranking.network.name}, {macs}, {batch}, by {ranking.sort}"
    title += f"; at {ranking.scaled_to}" if ranking.scaled_to else ""
    indistinct = frozenset(ranking.indistinct)
    places = (
        (f"{place} ~" if each.name in indistinct else str(place), each)
        for place, each in enumerate(ranking.ranked, 1)
    )
    rows = table(
        ("", "chip", "method", *WITH_ENDS, "coverage"),
        (_row(place, each) for place, each in places),
        ", ".join((*WITH_ENDS, "coverage")),
        "coverage, method",
    )
    return Document(title, (rows, *_remarks(ranking, len(indistinct))))


def _row(place: str, each: Ranked) -> tuple[str, ...]:
    return (
        place,
        each.name + ("" if each.verdict == FITS else " (!)"),
        each.method + (", rate" if each.is_rate else ""),
        *costs_with_ends(each.amounts, each.interval),
        percent(each.share("latency")),
    )


def _remarks(ranking: Ranking, indistinct: int) -> Iterator[Text | Bullets]:
    bare = [each for each in ranking.others if each.is_bare(ranking.sort)]
    if not ranking.ranked and not bare:
        yield Text(
            f"Of no chip {' and '.join(SORTS[ranking.sort])} of {percent(LEAST_SHARE)} of the MACs "
            f"of {ranking.network.name} is known.",
            warning=True,
        )
    elif indistinct:
        yield Text(
            f"~ {indistinct} chips whose intervals of {ranking.sort} overlap with "
            "that of the best: these numbers do not distinguish them"
        )
    if any(each.is_rate for each in ranking.ranked):
        yield Text(
            "rate: one over a measured throughput, behind all latencies; a single inference may "
            "take longer where inferences overlap"
        )
    if any(each.method == DATASHEET for each in ranking.ranked):
        yield Text(
            "datasheet (!): peak rate and bandwidth of a datasheet, which programs do not reach; "
            "no measurement supports it"
        )
    doubts = [
        f"{each.name}: {'; '.join(told)}"
        for each in ranking.ranked
        if each.worth and (told := [d for d in each.worth.doubts if not d.startswith(BY_DATASHEET)])
    ]
    if doubts:
        yield Bullets("Doubts (!)", doubts)
    if ranking.others:
        shown = ranking.others[:MOST_OTHERS]
        lines = [f"{each.name}: {_too_little(each, ranking.sort)}" for each in shown]
        more = len(ranking.others) - len(shown)
        yield Bullets("Not ranked", [*lines, *([f"... and {more} more"] if more > 0 else [])])


def _too_little(each: Ranked, sort: str) -> str:
    """Say why a chip is not ranked: how much is known of it, and what it refuses."""
    if each.estimate is None:
        return each.verdict
    if each.is_bare(sort):
        at_peak = next(iter(costs_with_ends(each.amounts, each.interval)))
        return f"{at_peak} at the peaks of its datasheet; how far off that is, is not known"
    known = ", ".join(f"{name} of {percent(each.share(name))}" for name in SORTS[sort])
    why = "" if each.verdict == FITS else f"; {each.verdict}"
    return f"{known} of the MACs is known{why}"
