"""What predictors take from the measured layers as a whole."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fodlam_core.errors import PredictionError
from fodlam_core.model.costs import Cost, Measurement
from fodlam_core.model.quantities import METRICS, Amounts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


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


def with_macs(name: str, measurements: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """Return the measured layers that have MACs.

    Raises:
        PredictionError: if there are none.
    """
    known = tuple(row for row in measurements if row.layer.macs)
    if measurements and not known:
        raise PredictionError(f"{name}: there is no measured layer with MACs to average over")
    return known


def fit_each(
    measurements: Sequence[Measurement], fit: Callable[[Sequence[tuple[Measurement, float]]], float]
) -> Amounts:
    """Return what is fitted to each metric of one inference, where it is known.

    Args:
        measurements: the rows.
        fit: takes rows, each with how much of the metric it has.
    """
    # `row.cost` would make and check a value for each row, which every fold of a validation asks.
    every = [(row, row.amounts) for row in measurements]
    known = (
        [
            (row, value / row.batch)
            for row, amounts in every
            if (value := amounts[place]) is not None
        ]
        for place in range(len(METRICS))
    )
    return Amounts(*[fit(rows) if rows else None for rows in known])


def offchip_share(measurements: Sequence[Measurement]) -> float:
    """Return the share of the summed latency that is spent waiting for off-chip memory."""
    latency = math.fsum((row.latency_s or 0.0) / row.batch for row in measurements)
    offchip = math.fsum(row.offchip_latency_s / row.batch for row in measurements)
    return offchip / latency if latency else 0.0


def cost_of(amounts: Amounts, offchip: float) -> Cost:
    """Return a cost whose latency is off-chip by a given share."""
    return Cost.of(amounts, (amounts.latency_s or 0.0) * offchip)
