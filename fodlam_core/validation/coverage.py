"""Measured coverage: how often an interval that has not seen a layer holds what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.errors import PredictionError
from fodlam_core.model.quantities import METRICS, Interval
from fodlam_core.predictors import levels
from fodlam_core.validation.held_out import without
from fodlam_core.validation.intervals import interval_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fodlam_core.model.costs import Cost, Measurement
    from fodlam_core.predictors import Predictor
    from fodlam_core.validation.folds import Fold


class Covered(NamedTuple):
    """How many measured values lie in their intervals.

    Attributes:
        inside: number of those that do.
        judged: number of those that have an interval.
        ends: of each interval, its ends over what is predicted.
    """

    inside: int
    judged: int
    ends: tuple[tuple[float, float], ...] = ()

    @property
    def share(self) -> float | None:
        """The share; None if nothing has an interval."""
        return self.inside / self.judged if self.judged else None


def coverage(
    predictor: Predictor,
    folds: Sequence[Fold],
    hide: frozenset[str] = frozenset(),
    scale: float = 1.0,
) -> dict[str, Covered]:
    """Return by quantity how many held-out layers lie in intervals learnt without them.

    The cross-validation is nested: predictor and half-width of an interval both come from the
    layers that the fold trains on.

    Args:
        predictor: the predictor.
        folds: what is held out.
        hide: optional fields of `Layer` that the predictor does not get to see.
        scale: a factor of all predictions, to plant a mis-calibration.
    """
    found = {metric.name: Covered(0, 0) for metric in METRICS}
    for fold in folds:
        for row, cost, interval in _intervals(predictor, fold, hide):
            every = zip(METRICS, row.amounts, cost.amounts, interval or Interval(), strict=True)
            for metric, measured, predicted, bounds in every:
                if measured is None or bounds is None:
                    continue
                inside = bounds[0] * scale <= measured <= bounds[1] * scale
                known = found[metric.name]
                ends = ((bounds[0] / predicted, bounds[1] / predicted),) if predicted else ()
                found[metric.name] = Covered(
                    known.inside + inside, known.judged + 1, known.ends + ends
                )
    return found


def _intervals(
    predictor: Predictor, fold: Fold, hide: frozenset[str]
) -> Iterable[tuple[Measurement, Cost, Interval | None]]:
    """Yield each held-out row with what is predicted for its batch, and the interval."""
    try:
        fitted = levels.fit(predictor, fold.training)
        rule = interval_rule(predictor, fitted, fold.training, hide)
        if rule is None:
            return
        for row in fold.held:
            layer = without(row.layer, hide)
            cost = levels.predict(fitted, layer, row.batch)
            yield row, cost, rule.interval(layer, fitted, cost, row.batch)
    except PredictionError:
        return
