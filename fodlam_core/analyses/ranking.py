"""Chips in order of what a network costs on each, every one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from fodlam_core.config.asked import on_chips
from fodlam_core.errors import FodlamError
from fodlam_core.estimates import prepare
from fodlam_core.estimates.capacity import DOES_NOT_FIT
from fodlam_core.estimates.figures import QUANTITIES, interval_record
from fodlam_core.estimates.network import configured_network
from fodlam_core.estimates.plausibility import IMPLAUSIBLE
from fodlam_core.model.costs import Interval

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.config import Config
    from fodlam_core.estimates import Estimate
    from fodlam_core.model.layers import Network
    from fodlam_core.plugins.registry import Registry

# A chip is ranked if it models at least this share of the MACs of the network.
LEAST_SHARE = 0.95
SORTS = ("latency", "energy", "edp", "error")


class Ranked(NamedTuple):
    """What a network costs on one chip.

    Attributes:
        name: the chip, or its operating point.
        estimate: the estimate; None if the chip refuses the network.
        reason: why it refuses; empty if it does not.
    """

    name: str
    estimate: Estimate | None
    reason: str = ""

    @property
    def latency_s(self) -> float | None:
        """Seconds for the batch; None if not known."""
        return self.estimate.totals["total"].latency_s if self.estimate else None

    @property
    def energy_j(self) -> float | None:
        """Joules for the batch; None if not known."""
        return self.estimate.totals["total"].energy_j if self.estimate else None

    @property
    def method(self) -> str:
        """``"measured"``, ``"predicted"`` or ``"datasheet"``; empty if nothing is modelled."""
        if self.estimate is None:
            return ""
        [platform] = self.estimate.platforms.values()
        if platform.accelerator.provenance == "datasheet":
            return "datasheet"
        return "predicted" if self.estimate.coverage.layers["predicted"] else "measured"

    @property
    def is_rate(self) -> bool:
        """Whether its latency is the reciprocal of a throughput."""
        if self.estimate is None:
            return False
        [platform] = self.estimate.platforms.values()
        return platform.accelerator.latency_is != "inference"

    def share(self, quantity: str) -> float:
        """Return the share of the MACs that has a latency, or an energy."""
        share = self.estimate.coverage.known_share(quantity) if self.estimate else None
        return share or 0.0

    def width(self, quantity: str) -> float:
        """Return the factor between the ends of the interval; infinite without one."""
        bounds = self.bounds(quantity)
        return bounds[1] / bounds[0] if bounds and bounds[0] else float("inf")

    def bounds(self, quantity: str) -> tuple[float, float] | None:
        """Return where the latency, or the energy, of what is modelled may lie; None if not known.

        The ends of the layers are added, those of layers without a cost left out as their cost is.
        """
        if self.estimate is None:
            return None
        field = QUANTITIES[quantity]
        interval = self.estimate.totals["total"].interval
        if interval is not None and getattr(interval, field) is not None:
            bounds: tuple[float, float] = getattr(interval, field)
            return bounds
        known = [each for each in self.estimate.layers if getattr(each, field) is not None]
        ends = [getattr(each.interval, field) for each in known if each.interval is not None]
        if not ends or None in ends or len(ends) < len(known):
            return None
        return sum(end[0] for end in ends), sum(end[1] for end in ends)

    @property
    def verdict(self) -> str:
        """What stands against the result, in words; ``"fits"`` if nothing does."""
        if self.estimate is None:
            return self.reason
        doubts = [
            note
            for note in self.estimate.notes
            if note.startswith((DOES_NOT_FIT, IMPLAUSIBLE, "not modelled: "))
        ]
        if not doubts and max(map(self.share, QUANTITIES)) < LEAST_SHARE:
            return "models too little of the network"
        return "; ".join(doubts) or "fits"

    def _interval(self) -> dict[str, list[float] | None] | None:
        bounds = Interval(self.bounds("latency"), self.bounds("energy"))
        return None if bounds == (None, None) else interval_record(bounds)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values: a row of ``rank --format json``."""
        total = self.estimate.totals["total"] if self.estimate else None
        platform = next(iter(self.estimate.platforms.values()), None) if self.estimate else None
        return {
            "name": self.name,
            "method": self.method or None,
            "provenance": platform.accelerator.provenance if platform else None,
            "latency_is": platform.accelerator.latency_is if platform else None,
            "latency_s": self.latency_s,
            "energy_j": self.energy_j,
            "power_w": total.power_w if total else None,
            "interval": self._interval(),
            "coverage": {quantity: self.share(quantity) for quantity in QUANTITIES},
            "verdict": self.verdict,
            "citation": platform.accelerator.citation.key if platform else None,
            "notes": list(self.estimate.notes) if self.estimate else [],
        }


class Ranking(NamedTuple):
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

    @property
    def indistinct(self) -> int:
        """How many of the first chips have intervals that overlap with that of the best."""
        quantity = "energy" if self.sort == "energy" else "latency"
        best = self.ranked[0].bounds(quantity) if self.ranked else None
        if best is None:
            return 0
        bounds = [each.bounds(quantity) for each in self.ranked]
        return sum(1 for each in bounds if each is not None and each[0] <= best[1])

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a dictionary for each chip: the ranked ones in order, then the others."""
        places: list[tuple[int | None, Ranked]] = [
            *enumerate(self.ranked, 1),
            *((None, each) for each in self.others),
        ]
        return [{"rank": place, **each.to_dict()} for place, each in places]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values: the JSON of ``rank``."""
        return {
            "network": self.network.name,
            "macs": self.network.total_macs,
            "batch": self.batch,
            "sort": self.sort,
            "rows": self.to_rows(),
        }


def rank(
    config: Config, registry: Registry, names: Iterable[str], sort: str = "latency"
) -> Ranking:
    """Estimate a network on each chip alone, and sort the chips.

    Args:
        config: what to estimate; its dispatch is set aside.
        registry: the chips.
        names: the chips and operating points to rank.
        sort: one of `SORTS`.

    Raises:
        FodlamError: if the network cannot be read.
    """
    network = configured_network(config, registry)
    kinds = {layer.kind for layer in network.layers}
    found = [_on(config, registry, network, kinds, name) for name in dict.fromkeys(names)]
    quantity = "energy" if sort == "energy" else "latency"
    ranked = [each for each in found if _is_ranked(each, quantity, sort)]
    others = [each for each in found if not _is_ranked(each, quantity, sort)]
    ranked.sort(key=lambda each: _key(each, sort))
    others.sort(key=lambda each: (-each.share(quantity), each.name))
    return Ranking(network, config.network.batch, sort, tuple(ranked), tuple(others))


def _on(config: Config, registry: Registry, network: Network, kinds: set[str], name: str) -> Ranked:
    try:
        chip = registry.accelerator(name)
        if not kinds & set(chip.kinds):
            served = ", ".join(chip.kinds)
            return Ranked(name, None, f"serves {served}, and no layer of the network is of these")
        alone = on_chips(attrs.evolve(config, dispatch={}), [name], registry)
        return Ranked(name, prepare(alone, registry, network).estimate())
    except FodlamError as error:
        return Ranked(name, None, str(error).splitlines()[0])


def _is_ranked(each: Ranked, quantity: str, sort: str) -> bool:
    enough = each.share(quantity) >= LEAST_SHARE
    return enough and (sort != "edp" or each.share("energy") >= LEAST_SHARE)


def _key(each: Ranked, sort: str) -> tuple[float, str]:
    latency, energy = each.latency_s or 0.0, each.energy_j or 0.0
    if sort == "error":
        return each.width("latency"), each.name
    value = {"latency": latency, "energy": energy, "edp": latency * energy}[sort]
    return value, each.name
