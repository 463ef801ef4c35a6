"""EIE's layers without densities: the most alike measured layer, within a prior over densities.

No point estimate is good here: by cross-validation the nearest measured layer errs by 46 %, a
density by the logarithm of the MACs by 43 %, a pooled density by 80 %. So the interval does not
come from these errors but from what the densities may be: anything between the least and the
greatest of Table III (Han et al., ISCA 2016). This is a prior: the published layers lie in it by
construction, as do networks that are pruned as these are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.model.quantities import each_known
from fodlam_core.predictors.nearest import FittedNearest, Nearest
from fodlam_core.report.units import quantity
from fodlam_eie.sparse import (
    Densities,
    FittedSparse,
    Sparse,
    densities_of,
    knows_densities,
    least_latency_s,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.model.costs import Cost, Measurement
    from fodlam_core.model.layers import Layer

# Table III: weights of nine layers, and their activations; those of NeuralTalk have no zeros.
WEIGHTS = (0.04, 0.25)
ACTIVATIONS = (0.183, 1.0)


class FittedPruned(NamedTuple):
    """The measured layers, and the prior.

    Attributes:
        nearest: predicts from the most alike measured layer.
        sparse: predicts from densities.
        spread: factor by which the measured layers differ from it at most, stretched for few.
    """

    nearest: FittedNearest
    sparse: FittedSparse
    spread: float

    @property
    def notes(self) -> tuple[str, ...]:
        """What the interval assumes."""
        weights, activations = (
            " to ".join(f"{100 * end:.0f}" for end in ends) for ends in (WEIGHTS, ACTIVATIONS)
        )
        note = (
            f"assumes weights pruned to {weights} % and activations of which {activations} % are "
            "not zero, as in the layers that were measured; a network that is not pruned takes "
            "longer"
        )
        return (note,)

    def predict(self, layer: Layer, batch: int = 1) -> Cost:
        """Return the cost by the nearest layer, never less than the chip can take."""
        cost = self.nearest.predict(layer)
        return cost * self._stretch(cost, layer) * batch

    def fastest(self, layer: Layer, batch: int = 1) -> float:
        """Return the least seconds, a density that is not known being the least of the prior."""
        return batch * least_latency_s(layer, _densities(layer, 0))

    def bounds(self, layer: Layer, batch: int = 1) -> tuple[Cost, Cost]:
        """Return the least and the greatest cost under the prior; the prediction lies between."""
        least, most = (self._at(layer, end) * batch for end in (0, 1))
        here = self.predict(layer, batch)
        ends = sorted([least, here, most], key=lambda cost: cost.latency_s or 0.0)
        return ends[0], ends[-1]

    def explain(self, layer: Layer, _batch: int = 1) -> dict[str, str]:
        """Return the formulas of one inference with their numbers."""
        formulas, cost = self.nearest.explain(layer), self.nearest.predict(layer)
        stretch = self._stretch(cost, layer)
        if stretch == 1.0:
            return formulas
        return {
            metric.name: (
                f"{formulas[metric.name]}; x {stretch:.6g} = {quantity(value, metric.unit, 6)}, as "
                "each activation that is not zero takes a cycle at least, and each entry of a PE"
            )
            for metric, value in each_known((cost * stretch).amounts)
        }

    def _stretch(self, cost: Cost, layer: Layer) -> float:
        """Return how many times longer the chip takes at least than the nearest layer says."""
        latency_s, least = cost.latency_s, self.fastest(layer)
        return least / latency_s if latency_s and latency_s < least else 1.0

    def _at(self, layer: Layer, end: int) -> Cost:
        return self.sparse.at(layer, _densities(layer, end)) * (
            self.spread if end else 1 / self.spread
        )


class Pruned:
    """`Nearest`, with an interval from a prior over densities."""

    name = "nearest"
    citation = None
    requires = frozenset({"shape"})

    def fit(self, measurements: Sequence[Measurement]) -> FittedPruned:
        """Remember the measured layers, and fit what densities cost.

        Raises:
            PredictionError: if no measured layer has its shape and its densities.
        """
        sparse = Sparse().fit(measurements)
        return FittedPruned(Nearest().fit(measurements), sparse, _spread(sparse, measurements))


def _densities(layer: Layer, end: int) -> Densities:
    """Return what is known of the densities, and one end of the prior of what is not."""
    weights, activations = densities_of(layer)
    return (
        WEIGHTS[end] if weights is None else weights,
        ACTIVATIONS[end] if activations is None else activations,
    )


def _spread(sparse: FittedSparse, measurements: Sequence[Measurement]) -> float:
    """Return the factor of the largest residual, stretched as intervals of few residuals are."""
    residuals = [
        abs(math.log(row.latency_s / latency_s))
        for row in measurements
        if row.latency_s and knows_densities(row.layer)
        for latency_s in [sparse.predict(row.layer).latency_s]
        if latency_s
    ]
    return math.exp(max(residuals) * (len(residuals) + 1) / len(residuals))
