"""Composes the cost of a network from accelerators: dispatch, look up or predict, scale, total.

One chip is in `platform`, dispatch in `dispatch`, sums in `totals`, forms of output in `columns`
and `json`.
"""

from fodlam_core.estimates.composer import Composer
from fodlam_core.estimates.estimate import Estimate
from fodlam_core.estimates.figures import Basis, Coverage, LayerEstimate, Totals
from fodlam_core.estimates.prepare import estimate, prepare

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
