"""Cost in proportion to MACs, pooled over the measured layers: FODLAM's own rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fodlam_core.costs import Cost, Measurement
from fodlam_core.errors import PredictionError
from fodlam_core.layers import Layer
from fodlam_core.quantities import quantity


class FittedPerMac(NamedTuple):
    """The pooled cost of one MAC."""

    cost_per_mac: Cost

    def predict(self, layer: Layer) -> Cost:
        """Return MACs times the cost of one MAC."""
        return self.cost_per_mac * layer.macs

    def explain(self, layer: Layer) -> dict[str, str]:
        """Return the formulas of latency and energy with their numbers."""
        one, all_macs = self.cost_per_mac, self.predict(layer)
        return {
            "latency": _formula(one.latency_s, layer.macs, all_macs.latency_s, "s"),
            "energy": _formula(one.energy_j, layer.macs, all_macs.energy_j, "J"),
        }


def _formula(one: float, macs: int, value: float, unit: str) -> str:
    return (
        f"sum of costs / sum of MACs = {quantity(one, f'{unit}/MAC', 6)}, x {macs} MAC = "
        f"{quantity(value, unit, 6)}"
    )


class PerMac:
    """Sum of costs / sum of MACs over the measured layers, latency and energy apart.

    Source: FODLAM (Sampson and Buckler, 2017), function ``scaling_ratios``.
    """

    name = "per-mac"
    requires: frozenset[str] = frozenset()

    def fit(self, measurements: Sequence[Measurement]) -> FittedPerMac:
        """Pool the measured layers.

        Raises:
            PredictionError: if there are none.
        """
        if not measurements:
            raise PredictionError("per-mac: there is no measured layer to average over")
        costs = [row.cost for row in measurements]
        macs = sum(row.layer.total_macs for row in measurements)
        return FittedPerMac(
            Cost(
                sum(cost.latency_s for cost in costs) / macs,
                sum(cost.energy_j for cost in costs) / macs,
                sum(cost.offchip_latency_s for cost in costs) / macs,
            )
        )
