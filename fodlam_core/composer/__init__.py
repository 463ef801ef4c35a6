"""Composes the cost of a network from accelerators: dispatch, look up or predict, scale, total."""

from fodlam_core.composer.composer import Composer
from fodlam_core.composer.estimates import Estimate
from fodlam_core.composer.figures import Basis, Coverage, LayerEstimate, Totals
from fodlam_core.composer.preparation import estimate, prepare

__all__ = [
    "Basis",
    "Composer",
    "Coverage",
    "Estimate",
    "LayerEstimate",
    "Totals",
    "estimate",
    "prepare",
]
