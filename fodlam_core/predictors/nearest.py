"""Cost per MAC of the measured layer that is most alike."""

from __future__ import annotations

import bisect
import math
from typing import TYPE_CHECKING

from fodlam_core.predictors.per_mac import FittedPerMac, PerMac
from fodlam_core.predictors.pooling import with_macs, with_shape
from fodlam_core.predictors.sizes import sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.model.costs import Cost, Measurement
    from fodlam_core.model.layers import Layer

# The sizes that tell convolutions apart; of other kinds all sizes count.
CONV = ("output width", "kernel area")
TIE = 1e-9


class FittedNearest:
    """The measured layers, in the order of the first of their sizes."""

    def __init__(self, measurements: Sequence[Measurement]) -> None:
        """Sort the rows by position; those in one place stand together."""
        places: dict[tuple[float, ...], list[Measurement]] = {}
        for row in measurements:
            places.setdefault(_position(row.layer), []).append(row)
        self._places = sorted(places.items())
        self._firsts = [place[0] for place, _ in self._places]
        self._fits: dict[tuple[int, ...], tuple[list[Measurement], FittedPerMac]] = {}
        self._found: dict[tuple[float, ...], tuple[list[Measurement], FittedPerMac]] = {}

    def predict(self, layer: Layer) -> Cost:
        """Return MACs times the cost per MAC of the nearest layers, pooled if several tie."""
        return self._at(layer)[1].predict(layer)

    def near(self, layer: Layer) -> list[Measurement]:
        """Return the measured layers that are nearest, all that tie."""
        return self._at(layer)[0]

    def _at(self, layer: Layer) -> tuple[list[Measurement], FittedPerMac]:
        here = _position(layer)
        if here not in self._found:
            near = self._search(here)
            if near not in self._fits:
                rows = [row for index in near for row in self._places[index][1]]
                self._fits[near] = rows, PerMac().fit(rows)
            self._found[here] = self._fits[near]
        return self._found[here]

    def _search(self, here: tuple[float, ...]) -> tuple[int, ...]:
        """Look outwards from the first size until that alone is farther than the nearest."""
        middle = bisect.bisect_left(self._firsts, here[0])
        best: list[tuple[float, int]] = []
        least = math.inf
        for steps in (range(middle, len(self._places)), range(middle - 1, -1, -1)):
            for index in steps:
                if abs(self._firsts[index] - here[0]) > least + TIE:
                    break
                distance = math.dist(here, self._places[index][0])
                if distance <= least + TIE:
                    best.append((distance, index))
                    least = min(least, distance)
        return tuple([index for distance, index in best if distance <= least + TIE])

    def explain(self, layer: Layer) -> dict[str, str]:
        """Return the formulas of latency and energy with their numbers."""
        near, fitted = self._at(layer)
        names = ", ".join(f"{row.layer.name} of {row.network}" for row in near)
        formulas = fitted.explain(layer)
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
        return FittedNearest(with_macs(self.name, with_shape(self.name, measurements)))


def _position(layer: Layer) -> tuple[float, ...]:
    every = sizes(layer)
    names = CONV if "kernel area" in every else every
    return tuple(math.log(every[name]) for name in names)
