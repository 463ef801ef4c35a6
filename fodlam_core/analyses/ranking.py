"""Chips in order of what a network costs on each, every one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.analyses.ranked import LEAST_SHARE, NAMES, SORTS, Ranked
from fodlam_core.analyses.standing import on_chip, on_point
from fodlam_core.errors import UnknownNameError, unknown
from fodlam_core.estimates.network import configured_network
from fodlam_core.estimates.notes import UNLIKE
from fodlam_core.estimates.verdict import flat_verdict
from fodlam_core.model.layers import Network
from fodlam_core.model.quantities import LATENCY
from fodlam_core.report.frames import Tabular
from fodlam_core.report.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.config import Config
    from fodlam_core.figures.methods import RankingFigures
    from fodlam_core.plugins.registry import Registry
    from fodlam_core.report.document import Document


@attrs.frozen(eq=False, repr=False)
class Ranking(Tabular):
    """Chips in the order that was asked for.

    Attributes:
        network: the network.
        batch: inferences that every cost is for.
        sort: what they are sorted by, one of `SORTS`.
        ranked: those that model enough of the network, the best first; of latencies, reciprocals
            of throughputs come last.
        others: all others, which are not ranked.
    """

    network: Network
    batch: int | str
    sort: str
    ranked: tuple[Ranked, ...]
    others: tuple[Ranked, ...]

    def overlaps(self, each: Ranked) -> bool | None:
        """Tell whether the interval of a ranked chip overlaps with that of the best.

        Then the numbers do not tell the two apart. None where an interval is not known, where one
        is a latency and one a throughput, and where chips are sorted by their error; the best
        itself overlaps.
        """
        if self.sort == "error" or not self.ranked or each.is_rate != self.ranked[0].is_rate:
            return None
        best, own = self.ranked[0].ends(self.sort), each.ends(self.sort)
        return None if best is None or own is None else own[0] <= best[1]

    @property
    def scaled_to(self) -> str:
        """Where the costs of the chips are scaled to, and by which rule; empty if nowhere."""
        for each in (*self.ranked, *self.others):
            for platform in each.estimate.platforms.values() if each.estimate else ():
                if platform.scaler is not None:
                    return f"{platform.target} by {platform.scaler}"
        return ""

    @property
    def plot(self) -> RankingFigures:
        """Its figure: ``plot.chips()`` (extra ``plot``)."""
        from fodlam_core.figures.methods import RankingFigures

        return RankingFigures(self)

    @property
    def indistinct(self) -> list[str]:
        """The chips that cannot be told from the best, it among them; empty if there are none."""
        names = [each.name for each in self.ranked if self.overlaps(each)]
        return names if len(names) > 1 else []

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a flat dictionary for each chip: the ranked ones in order, then the others."""
        return [flat_verdict(each) for each in self.records()]

    def records(self) -> list[dict[str, Any]]:
        """Return a dictionary for each chip, with its interval, its coverage and its notes."""
        places: list[tuple[int | None, Ranked]] = [
            *enumerate(self.ranked, 1),
            *((None, each) for each in self.others),
        ]
        return [
            {
                "rank": place,
                **each.to_dict(),
                "overlaps_with_best": self.overlaps(each) if place else None,
            }
            for place, each in places
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values: the JSON of ``rank``."""
        return {
            "network": self.network.name,
            "macs": self.network.total_macs,
            "batch": self.batch,
            "sort": self.sort,
            "rows": self.records(),
        }

    def document(self) -> Document:
        """Return what a person reads."""
        from fodlam_core.analyses.ranking_table import ranking_document

        return ranking_document(self)

    def __repr__(self) -> str:
        return (
            f"<Ranking of {counted(len(self.ranked), 'chip')} for {self.network.name}, "
            f"by {self.sort}>"
        )


def rank(
    config: Config,
    registry: Registry,
    names: Iterable[str],
    sort: str = "latency",
    network: Network | None = None,
    *,
    best: bool = False,
) -> Ranking:
    """Estimate a network on each chip alone, and sort the chips.

    Args:
        config: what to estimate; its dispatch is set aside.
        registry: the chips.
        names: the chips and operating points to rank.
        sort: one of `SORTS`.
        network: the network, instead of the one that the configuration names.
        best: whether a name stands for its chip: at its default point where that serves the
            network, else at the one that models most of it; of a transformer, at the one by which
            the chip is known best.

    Raises:
        FodlamError: if the network cannot be read, or chips are not sorted by that.
    """
    if sort not in SORTS:
        raise UnknownNameError(unknown("sort", sort, SORTS))
    network = network or configured_network(config, registry)
    refused: dict[str, str] = {}
    if network.transformer is not None:
        from fodlam_core.analyses.holding import holding

        names, refused = holding(network, config, registry, names, best=best)
        best = False
    points = registry.points() if best else {}
    found = [
        on_chip(config, registry, network, name, points.get(name.partition("/")[0], [name]))
        if best
        else on_point(config, registry, network, name)
        for name in dict.fromkeys(names)
    ]
    found += [Ranked(name, None, reason) for name, reason in refused.items()]
    ranked: list[Ranked] = []
    others: list[Ranked] = []
    for each in found:
        enough = each.share_for(sort) >= LEAST_SHARE and not each.is_bare(sort)
        (ranked if enough else others).append(each)
    ranked = sorted(_like_for_like(ranked, network), key=lambda each: _key(each, sort))
    others.sort(key=lambda each: (-each.share_for(sort), each.name))
    return Ranking(
        network=network,
        batch=config.network.batch,
        sort=sort,
        ranked=tuple(ranked),
        others=tuple(others),
    )


def _like_for_like(ranked: list[Ranked], network: Network) -> list[Ranked]:
    """Return chips with a doubt where operators are free that another chip charges."""
    if not network.memory_passes:
        return ranked
    from fodlam_core.estimates.operators import charges_operators, passes_free

    made = [each.estimate for each in ranked if each.estimate]
    if not any(map(charges_operators, made)):
        return ranked
    found = []
    for each in ranked:
        free = passes_free(each.estimate) if each.estimate else 0
        are = "operators without MACs are" if free > 1 else "operator without MACs is"
        note = f"{UNLIKE}{free} {are} free here"
        found.append(each.noting(note) if free else each)
    return found


def _key(each: Ranked, sort: str) -> tuple[bool, float, str]:
    if sort == "error":
        return False, each.width("latency"), each.name
    if sort == "edp":
        return each.is_rate, (each.latency_s or 0.0) * (each.energy_j or 0.0), each.name
    # A throughput is not a latency: it comes after those.
    rate = each.is_rate and sort == LATENCY.name
    return rate, each.amounts[NAMES.index(sort)] or 0.0, each.name
