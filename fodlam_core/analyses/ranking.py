"""Chips in order of what a network costs on each, every one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from fodlam_core.config.asked import on_chips
from fodlam_core.errors import FodlamError, UnknownNameError, unknown
from fodlam_core.estimates import prepare
from fodlam_core.estimates.network import configured_network
from fodlam_core.estimates.verdict import NO_VERDICT, Verdict, flat_verdict, verdict
from fodlam_core.model.layers import Network
from fodlam_core.model.quantities import COST_KEYS, METRICS, Amounts, Interval
from fodlam_core.report.frames import Tabular
from fodlam_core.report.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.config import Config
    from fodlam_core.estimates import Estimate
    from fodlam_core.figures.methods import RankingFigures
    from fodlam_core.model.quantities import Bounds
    from fodlam_core.plugins.registry import Registry
    from fodlam_core.report.document import Document

# A chip is ranked if it models at least this share of the MACs of the network.
LEAST_SHARE = 0.95
NAMES = tuple(metric.name for metric in METRICS)
# What chips are sorted by, and what has to be known of a chip for it.
SORTS = {
    **{name: (name,) for name in NAMES},
    "edp": ("latency", "energy"),
    "error": ("latency",),
}


class Ranked(NamedTuple):
    """What a network costs on one chip.

    Attributes:
        name: the chip, or its operating point.
        estimate: the estimate; None if the chip refuses the network.
        reason: why it refuses; empty if it does not.
        worth: what stands behind the result and against it; None if the chip refuses.
    """

    name: str
    estimate: Estimate | None
    reason: str = ""
    worth: Verdict | None = None

    @property
    def amounts(self) -> Amounts:
        """What the batch costs."""
        return self.estimate.totals["total"].amounts if self.estimate else Amounts()

    @property
    def latency_s(self) -> float | None:
        """Seconds for the batch; None if not known."""
        return self.amounts.latency_s

    @property
    def energy_j(self) -> float | None:
        """Joules for the batch; None if not known."""
        return self.amounts.energy_j

    @property
    def interval(self) -> Interval:
        """Where each metric may lie; None where it is not known."""
        return self.worth.interval if self.worth else Interval()

    @property
    def method(self) -> str:
        """As `Verdict.method`; empty if nothing is modelled."""
        return self.worth.method if self.worth else ""

    @property
    def is_rate(self) -> bool:
        """Whether its latency is the reciprocal of a throughput."""
        return self.worth is not None and self.worth.is_rate

    def share(self, quantity: str) -> float:
        """Return the share of the MACs that has a value of a metric."""
        return self.worth.coverage[quantity] if self.worth else 0.0

    def share_for(self, sort: str) -> float:
        """Return the share of the MACs of which everything is known that a sort needs."""
        return min(map(self.share, SORTS[sort]))

    def width(self, quantity: str) -> float:
        """Return the factor between the ends of the interval; infinite without one."""
        bounds = self.bounds(quantity)
        return bounds[1] / bounds[0] if bounds and bounds[0] else float("inf")

    def bounds(self, quantity: str) -> Bounds | None:
        """Return where a quantity of what is modelled may lie; None if not known.

        Args:
            quantity: the name of a metric, or ``"edp"``, the product of latency and energy.
        """
        if quantity in NAMES:
            return self.interval[NAMES.index(quantity)]
        latency, energy = self.interval.latency_s, self.interval.energy_j
        return latency and energy and (latency[0] * energy[0], latency[1] * energy[1])

    def ends(self, quantity: str) -> Bounds | None:
        """Return the bounds, or what was measured as both of them; None if neither is known."""
        bounds = self.bounds(quantity)
        value = self.amounts[NAMES.index(quantity)] if quantity in NAMES else None
        if bounds is None and value is not None and self.method == "measured":
            return value, value
        return bounds

    @property
    def verdict(self) -> str:
        """What stands against the result, in words; ``"fits"`` if nothing does."""
        if self.worth is None:
            return self.reason
        if not self.worth.doubts and max(self.worth.coverage.values()) < LEAST_SHARE:
            return "models too little of the network"
        return self.worth.words

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values: a row of ``rank --format json``."""
        total = self.estimate.totals["total"] if self.estimate else None
        platform = next(iter(self.estimate.platforms.values()), None) if self.estimate else None
        chip = platform.accelerator if platform else None
        worth = self.worth.to_dict() if self.worth else NO_VERDICT
        return {
            "name": self.name,
            "method": worth["method"],
            "provenance": chip.provenance if chip else None,
            "latency_is": chip.latency_is if chip else None,
            **(total.costs() if total else dict.fromkeys(COST_KEYS)),
            **worth,
            "verdict": self.verdict,
            "citation": chip.citation.key if chip else None,
        }


@attrs.frozen(eq=False, repr=False)
class Ranking(Tabular):
    """Chips in the order that was asked for.

    Attributes:
        network: the network.
        batch: inferences that every cost is for.
        sort: what they are sorted by, one of `SORTS`.
        ranked: those that model enough of the network, the best first.
        others: all others, which are not ranked.
    """

    network: Network
    batch: int | str
    sort: str
    ranked: tuple[Ranked, ...]
    others: tuple[Ranked, ...]

    def overlaps(self, each: Ranked) -> bool | None:
        """Tell whether the interval of a ranked chip overlaps with that of the best.

        Then the numbers do not tell the two apart. None where an interval is not known, and where
        chips are sorted by their error; the best itself overlaps.
        """
        if self.sort == "error" or not self.ranked:
            return None
        best, own = self.ranked[0].ends(self.sort), each.ends(self.sort)
        return None if best is None or own is None else own[0] <= best[1]

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
        best: whether a chip stands for the point by which it is known best, where the network is
            a transformer.

    Raises:
        FodlamError: if the network cannot be read, or chips are not sorted by that.
    """
    if sort not in SORTS:
        raise UnknownNameError(unknown("sort", sort, SORTS))
    network = network or configured_network(config, registry)
    kinds = {layer.kind for layer in network.layers}
    refused: dict[str, str] = {}
    if network.transformer is not None:
        from fodlam_core.analyses.holding import holding

        names, refused = holding(network, config, registry, names, best=best)
    found = [_on(config, registry, network, kinds, name) for name in dict.fromkeys(names)]
    found += [Ranked(name, None, reason) for name, reason in refused.items()]
    ranked = [each for each in found if each.share_for(sort) >= LEAST_SHARE]
    others = [each for each in found if each.share_for(sort) < LEAST_SHARE]
    ranked.sort(key=lambda each: _key(each, sort))
    others.sort(key=lambda each: (-each.share_for(sort), each.name))
    return Ranking(network, config.network.batch, sort, tuple(ranked), tuple(others))


def _on(config: Config, registry: Registry, network: Network, kinds: set[str], name: str) -> Ranked:
    try:
        chip = registry.accelerator(name)
        if not kinds & set(chip.kinds):
            served = ", ".join(chip.kinds)
            return Ranked(name, None, f"serves {served}, and no layer of the network is of these")
        estimate = prepare(on_chips(config, [name], registry), registry, network).estimate()
        return Ranked(name, estimate, worth=verdict(estimate))
    except FodlamError as error:
        return Ranked(name, None, str(error.problems[0]))


def _key(each: Ranked, sort: str) -> tuple[float, str]:
    if sort == "error":
        return each.width("latency"), each.name
    if sort == "edp":
        return (each.latency_s or 0.0) * (each.energy_j or 0.0), each.name
    return each.amounts[NAMES.index(sort)] or 0.0, each.name
