"""A predictor whose module is imported when it is first used."""

from __future__ import annotations

from collections.abc import Sequence

from fodlam_core.costs import Measurement
from fodlam_core.deferred import Deferred
from fodlam_core.predictors import FittedPredictor


class DeferredPredictor(Deferred):
    """Stands for a predictor."""

    @property
    def requires(self) -> frozenset[str]:
        """What the predictor requires."""
        requires: frozenset[str] = self._object.requires
        return requires

    def fit(self, measurements: Sequence[Measurement]) -> FittedPredictor:
        """Fit the predictor."""
        fitted: FittedPredictor = self._object.fit(measurements)
        return fitted
