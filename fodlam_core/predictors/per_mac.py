"""Cost in proportion to MACs, pooled over the measured layers: FODLAM's own rule."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.errors import PredictionError
from fodlam_core.model.costs import Citation, Cost, Measurement
from fodlam_core.model.quantities import each_known
from fodlam_core.predictors.pooling import fit_each, with_macs
from fodlam_core.report.units import quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.model.layers import Layer


class FittedPerMac(NamedTuple):
    """The cost of one MAC, and how many MACs it was pooled over, if it was pooled."""

    cost_per_mac: Cost
    macs: int | None = None

    def predict(self, layer: Layer) -> Cost:
        """Return MACs times the cost of one MAC."""
        return self.cost_per_mac * layer.macs

    def explain(self, layer: Layer) -> dict[str, str]:
        """Return the formula of each metric with its numbers, as far as known."""
        return {
            metric.name: self._formula(each, layer.macs, each * layer.macs, metric.unit)
            for metric, each in each_known(self.cost_per_mac.amounts)
        }

    def _formula(self, one: float, macs: int, value: float, unit: str) -> str:
        return f"{_of_one_mac(one, self.macs, unit)}; x {macs} MAC = {quantity(value, unit, 6)}"


class PerMac:
    """Sum of costs / sum of MACs over the measured layers, latency and energy apart.

    Source: FODLAM (Sampson and Buckler, 2017), function ``scaling_ratios``.
    """

    name = "per-mac"
    requires: frozenset[str] = frozenset()

    @property
    def citation(self) -> Citation:
        """The publication of the rule."""
        from fodlam_core.model.bibliography import FODLAM

        return FODLAM

    def fit(self, measurements: Sequence[Measurement]) -> FittedPerMac:
        """Pool the measured layers.

        Raises:
            PredictionError: if there are none.
        """
        if not measurements:
            raise PredictionError("per-mac: there is no measured layer to average over")
        known = with_macs(self.name, measurements)
        macs = sum(row.layer.total_macs for row in known if row.latency_s is not None)
        offchip_s = math.fsum(row.offchip_latency_s / row.batch for row in known)
        cost = Cost.of(fit_each(known, _ratio), offchip_s / macs if macs else 0.0)
        complete = all(row.latency_s and row.energy_j for row in known)
        return FittedPerMac(cost, macs if complete else None)


@functools.lru_cache(maxsize=64)
def _of_one_mac(cost: float, macs: int | None, unit: str) -> str:
    """Return what one MAC costs, and how it was pooled; layers by the thousand share it."""
    one = quantity(cost, f"{unit}/MAC", 6)
    if macs is None:
        return one
    costs = f"{quantity(cost * macs, unit, 6)} / {quantity(macs, 'MAC', 6)}"
    return f"sum of costs / sum of MACs = {costs} = {one}"


def _ratio(rows: Sequence[tuple[Measurement, float]]) -> float:
    return math.fsum(value for _, value in rows) / sum(row.layer.total_macs for row, _ in rows)
