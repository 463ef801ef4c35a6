"""The predictors that know nothing of an accelerator, for every published table."""

from __future__ import annotations

from fodlam_core.predictors import Predictor
from fodlam_core.predictors.geometric_mean import PerMacGeometricMean
from fodlam_core.predictors.nearest import Nearest
from fodlam_core.predictors.per_mac import PerMac
from fodlam_core.predictors.power_law import PowerLaw


def generic_predictors(first: str = "per-mac") -> tuple[Predictor, ...]:
    """Return all generic predictors, one of them first, which makes it the default.

    >>> [predictor.name for predictor in generic_predictors("nearest")]
    ['nearest', 'per-mac', 'per-mac-geomean', 'power-law']
    """
    every: tuple[Predictor, ...] = (PerMac(), PerMacGeometricMean(), Nearest(), PowerLaw())
    return tuple(sorted(every, key=lambda predictor: predictor.name != first))
