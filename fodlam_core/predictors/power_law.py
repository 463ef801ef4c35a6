"""Cost per MAC as a power of the output width."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.model.quantities import METRICS, Amounts
from fodlam_core.predictors.least_squares import line
from fodlam_core.predictors.pooling import cost_of, offchip_share, with_macs, with_shape
from fodlam_core.predictors.sizes import output_width
from fodlam_core.report.units import quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.model.costs import Cost, Measurement
    from fodlam_core.model.layers import Layer


class FittedPowerLaw(NamedTuple):
    """Intercept and slope of log(cost / MAC) over log(output width).

    Attributes:
        fits: of each metric per MAC; None where it was not measured.
        offchip: share of the latency spent waiting for off-chip memory.
        notes: what the measured layers leave open.
    """

    fits: tuple[tuple[float, float] | None, ...]
    offchip: float
    notes: tuple[str, ...] = ()

    def predict(self, layer: Layer) -> Cost:
        """Return MACs times the cost per MAC at the layer's output width."""
        x = math.log(output_width(layer))
        values = [
            None if fit is None else layer.macs * math.exp(fit[0] + fit[1] * x) for fit in self.fits
        ]
        return cost_of(Amounts(*values), self.offchip)

    def explain(self, layer: Layer) -> dict[str, str]:
        """Return the formula of each metric with its numbers."""
        cost, width = self.predict(layer), output_width(layer)
        return {
            metric.name: f"{quantity(math.exp(fit[0]), f'{metric.unit}/MAC', 6)} x "
            f"{width:g}^{fit[1]:.6g} x {layer.macs} MAC = {quantity(value, metric.unit, 6)}"
            for metric, fit, value in zip(METRICS, self.fits, cost.amounts, strict=True)
            if fit is not None
        }


class PowerLaw:
    """Least squares in logarithms, latency and energy apart; outputs are the width of an fc."""

    name = "power-law"
    citation = None
    requires = frozenset({"shape"})

    def fit(self, measurements: Sequence[Measurement]) -> FittedPowerLaw:
        """Fit both lines to the measured layers whose shape is known.

        Raises:
            PredictionError: if there are none.
        """
        known = with_macs(self.name, with_shape(self.name, measurements))
        widths = [math.log(output_width(row.layer)) for row in known]
        fits: list[tuple[float, float] | None] = []
        for place in range(len(METRICS)):
            points = [
                (width, math.log(value / row.layer.total_macs))
                for width, row in zip(widths, known, strict=True)
                for value in [row.cost.amounts[place]]
                if value is not None
            ]
            fits.append(line(points) if points else None)
        return FittedPowerLaw(
            tuple(fits),
            offchip_share(known),
            ()
            if len(set(widths)) > 1
            else ("the slope is not identified: all measured layers have one output width",),
        )
