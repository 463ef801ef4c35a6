"""Cost in proportion to MACs, by the geometric mean over the measured layers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fodlam_core.predictors.per_mac import FittedPerMac
from fodlam_core.predictors.pooling import (
    cost_of,
    fit_each,
    offchip_share,
    require_rows,
    with_macs,
)

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
        known = with_macs(self.name, measurements)
        return FittedPerMac(cost_of(fit_each(known, _mean), offchip_share(known)))


def _mean(rows: Sequence[tuple[Measurement, float]]) -> float:
    logs = [math.log(value / row.layer.total_macs) for row, value in rows]
    return math.exp(sum(logs) / len(logs))
