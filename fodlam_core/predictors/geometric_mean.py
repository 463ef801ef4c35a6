"""Cost in proportion to MACs, by the geometric mean over the measured layers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fodlam_core.predictors.per_mac import FittedPerMac
from fodlam_core.predictors.pooling import cost_of, offchip_share, require_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.model.costs import Measurement


class PerMacGeometricMean:
    """Geometric mean of the cost per MAC: every layer counts the same, however large it is."""

    name = "per-mac-geomean"
    citation = None
    requires: frozenset[str] = frozenset()

    def fit(self, measurements: Sequence[Measurement]) -> FittedPerMac:
        """Average the measured layers.

        Raises:
            PredictionError: if there are none.
        """
        require_rows(self.name, measurements)
        latency = energy = 0.0
        for row in measurements:
            latency += math.log(row.cost.latency_s / row.layer.total_macs)
            energy += math.log(row.cost.energy_j / row.layer.total_macs)
        count = len(measurements)
        return FittedPerMac(
            cost_of(
                math.exp(latency / count), math.exp(energy / count), offchip_share(measurements)
            )
        )
