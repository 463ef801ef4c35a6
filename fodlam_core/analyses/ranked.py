"""What a network costs on one chip, as a row of a ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.estimates.verdict import NO_VERDICT, Verdict, verdict
from fodlam_core.model.costs import DATASHEET
from fodlam_core.model.quantities import COST_KEYS, METRICS, Amounts, Interval

if TYPE_CHECKING:
    from fodlam_core.estimates import Estimate
    from fodlam_core.model.quantities import Bounds

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
        worth: what supports the result and what counts against it; None if the chip refuses.
    """

    name: str
    estimate: Estimate | None
    reason: str = ""
    worth: Verdict | None = None

    def noting(self, note: str) -> Ranked:
        """Return the same with one more note."""
        assert self.estimate is not None
        estimate = self.estimate._replace(notes=(note, *self.estimate.notes))
        return self._replace(estimate=estimate, worth=verdict(estimate))

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

    def is_bare(self, sort: str) -> bool:
        """Tell whether a datasheet is all there is: nothing tells how far off it is."""
        quantity = "latency" if sort == "error" else sort
        return self.method == DATASHEET and self.bounds(quantity) is None

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
        """What counts against the result, in words; ``"fits"`` if nothing does."""
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
            "chip_count": chip.chip_count if chip else None,
            **(total.costs() if total else dict.fromkeys(COST_KEYS)),
            **worth,
            "verdict": self.verdict,
            "citation": chip.citation.key if chip else None,
        }
