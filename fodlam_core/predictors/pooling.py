"""What predictors take from the measured layers as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors import PredictionError
from fodlam_core.model.costs import Cost, Measurement

if TYPE_CHECKING:
    from collections.abc import Sequence


def require_rows(name: str, measurements: Sequence[Measurement]) -> None:
    """Check that there is something to fit to.

    Raises:
        PredictionError: if there is nothing.
    """
    if not measurements:
        raise PredictionError(f"{name}: there is no measured layer to fit to")


def with_shape(name: str, measurements: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """Return the measured layers whose shape is known.

    Raises:
        PredictionError: if there are none.
    """
    known = tuple(row for row in measurements if row.layer.shape is not None)
    if measurements and not known:
        raise PredictionError(f"{name}: there is no measured layer to fit to, as none has a shape")
    require_rows(name, known)
    return known


def offchip_share(measurements: Sequence[Measurement]) -> float:
    """Return the share of the summed latency that is spent waiting for off-chip memory."""
    costs = [row.cost for row in measurements]
    return sum(cost.offchip_latency_s for cost in costs) / sum(cost.latency_s for cost in costs)


def cost_of(latency_s: float, energy_j: float, offchip: float) -> Cost:
    """Return a cost whose latency is off-chip by a given share."""
    return Cost(latency_s, energy_j, latency_s * offchip)
