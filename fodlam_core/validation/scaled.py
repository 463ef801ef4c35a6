"""Cross-validation at another node: predicted and published costs, carried there alike.

Time that is spent waiting for off-chip memory is not scaled, so that a predictor that errs in its
share of the latency errs more, the farther the node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fodlam_core.model.costs import Cost

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.model.costs import Measurement
    from fodlam_core.model.technology import ScalingFactors
    from fodlam_core.validation.held_out import HeldOut
    from fodlam_core.validation.scores import Validation


def scaled_validation(validation: Validation, factors: ScalingFactors) -> Validation:
    """Return a validation with every cost multiplied by factors; its coverage is not known."""
    folds = tuple(
        fold._replace(layers=tuple(_layers(fold.layers, factors))) for fold in validation.folds
    )
    return validation._replace(folds=folds, covered={})


def _layers(layers: Iterable[HeldOut], factors: ScalingFactors) -> Iterable[HeldOut]:
    for each in layers:
        yield each._replace(
            measurement=_row(each.measurement, factors),
            predicted=_cost(each.predicted, factors),
            alternatives=tuple(_cost(other, factors) for other in each.alternatives),
        )


def _row(row: Measurement, factors: ScalingFactors) -> Measurement:
    cost = _cost(row.batch_cost, factors)
    return attrs.evolve(row, latency_s=cost.latency_s, energy_j=cost.energy_j, power_w=cost.power_w)


def _cost(cost: Cost, factors: ScalingFactors) -> Cost:
    return Cost.of(cost.carried(factors), cost.offchip_latency_s)
