"""Cost per MAC of the measured layer that is most alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from fodlam_core.costs import Cost, Measurement
from fodlam_core.layers import Layer
from fodlam_core.predictors.per_mac import PerMac
from fodlam_core.predictors.pooling import require_rows
from fodlam_core.predictors.sizes import sizes

# The sizes that tell convolutions apart; of other kinds all sizes count.
CONV = ("output width", "kernel area")


class FittedNearest(NamedTuple):
    """The measured layers."""

    measurements: tuple[Measurement, ...]

    def predict(self, layer: Layer) -> Cost:
        """Return MACs times the cost per MAC of the nearest layers, pooled if several tie."""
        here = _position(layer)
        distances = [math.dist(here, _position(row.layer)) for row in self.measurements]
        limit = min(distances) + 1e-9
        near = [
            row
            for row, distance in zip(self.measurements, distances, strict=True)
            if distance <= limit
        ]
        return PerMac().fit(near).predict(layer)


class Nearest:
    """Nearest neighbour by the logarithms of output width and kernel area (of all sizes for fc)."""

    name = "nearest"
    requires = frozenset({"shape"})

    def fit(self, measurements: Sequence[Measurement]) -> FittedNearest:
        """Remember the measured layers whose shape is known.

        Raises:
            PredictionError: if there are none.
        """
        known = tuple(row for row in measurements if row.layer.shape is not None)
        require_rows(self.name, known)
        return FittedNearest(known)


def _position(layer: Layer) -> list[float]:
    every = sizes(layer)
    names = CONV if "kernel area" in every else every
    return [math.log(every[name]) for name in names]
