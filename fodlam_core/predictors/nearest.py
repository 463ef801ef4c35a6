"""Cost per MAC of the measured layer that is most alike."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.predictors.per_mac import PerMac
from fodlam_core.predictors.pooling import with_shape
from fodlam_core.predictors.sizes import sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.model.costs import Cost, Measurement
    from fodlam_core.model.layers import Layer

# The sizes that tell convolutions apart; of other kinds all sizes count.
CONV = ("output width", "kernel area")


class FittedNearest(NamedTuple):
    """The measured layers."""

    measurements: tuple[Measurement, ...]

    def predict(self, layer: Layer) -> Cost:
        """Return MACs times the cost per MAC of the nearest layers, pooled if several tie."""
        return PerMac().fit(self.near(layer)).predict(layer)

    def near(self, layer: Layer) -> list[Measurement]:
        """Return the measured layers that are nearest, all that tie."""
        here = _position(layer)
        distances = [math.dist(here, _position(row.layer)) for row in self.measurements]
        limit = min(distances) + 1e-9
        return [
            row
            for row, distance in zip(self.measurements, distances, strict=True)
            if distance <= limit
        ]

    def explain(self, layer: Layer) -> dict[str, str]:
        """Return the formulas of latency and energy with their numbers."""
        near = self.near(layer)
        names = ", ".join(f"{row.layer.name} of {row.network}" for row in near)
        formulas = PerMac().fit(near).explain(layer)
        return {what: f"nearest {names}: {formula}" for what, formula in formulas.items()}


class Nearest:
    """Nearest neighbour by the logarithms of output width and kernel area (of all sizes for fc)."""

    name = "nearest"
    citation = None
    requires = frozenset({"shape"})

    def fit(self, measurements: Sequence[Measurement]) -> FittedNearest:
        """Remember the measured layers whose shape is known.

        Raises:
            PredictionError: if there are none.
        """
        return FittedNearest(with_shape(self.name, measurements))


def _position(layer: Layer) -> list[float]:
    every = sizes(layer)
    names = CONV if "kernel area" in every else every
    return [math.log(every[name]) for name in names]
