"""EIE's latency from the densities of weights and activations."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import attrs

from fodlam_core.errors import PredictionError
from fodlam_core.model.costs import Cost, Measurement
from fodlam_core.model.shapes import FcShape
from fodlam_core.report.units import quantity
from fodlam_eie.microarchitecture import CLOCK_HZ, PES, fastest_s, padding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.model.layers import Layer

Densities = tuple[float | None, float | None]


class FittedSparse(NamedTuple):
    """What the measured layers tell.

    Attributes:
        overhead: latency over the latency of stored entries perfectly shared out.
        power_w: average power.
    """

    overhead: float
    power_w: float

    def predict(self, layer: Layer, batch: int = 1) -> Cost:
        """Return the overhead times the ideal latency, at constant power; at least `fastest`.

        Raises:
            PredictionError: if shape or densities are not known.
        """
        return self.at(layer, densities_of(layer), batch)

    def at(self, layer: Layer, densities: Densities, batch: int = 1) -> Cost:
        """Return the same for a layer that has other densities.

        Raises:
            PredictionError: if shape or densities are not known.
        """
        ideal_s, least_s = ideal_latency_s(layer, densities), least_latency_s(layer, densities)
        latency_s = batch * max(self.overhead * ideal_s, least_s)
        return Cost(latency_s, self.power_w * latency_s)

    def fastest(self, layer: Layer, batch: int = 1) -> float:
        """Return the least seconds that a layer with these densities takes."""
        return batch * least_latency_s(layer, densities_of(layer))

    def explain(self, layer: Layer) -> dict[str, str]:
        """Return the formulas of latency and energy with their numbers."""
        cost, ideal_s = self.predict(layer), ideal_latency_s(layer, densities_of(layer))
        ideal = quantity(ideal_s, "s", 6)
        latency, power = quantity(cost.latency_s, "s", 6), quantity(self.power_w, "W", 6)
        return {
            "latency": (
                f"overhead x stored entries: {self.overhead:.6g} x {ideal} = {latency}"
                if self.overhead * ideal_s >= self.fastest(layer)
                else f"a cycle for each activation that is not zero: {latency}"
            ),
            "energy": f"{power} x {latency} = {quantity(cost.energy_j, 'J', 6)}",
        }


class Sparse:
    """Useful work, padding and idle PEs are derived; one overhead factor and power are fitted."""

    name = "sparse"
    citation = None  # the form is our own, and rests on the publication of the chip
    requires = frozenset({"shape", "weight_density", "activation_density"})

    def fit(self, measurements: Sequence[Measurement]) -> FittedSparse:
        """Fit the overhead by least squares of relative errors, and pool the power.

        Raises:
            PredictionError: if there are no measurements with shape and densities.
        """
        known = [
            row
            for row in measurements
            if knows_densities(row.layer) and row.latency_s and row.energy_j
        ]
        if not known:
            raise PredictionError("sparse: no measured layer has its shape and its densities")
        costs = [(row.layer, *attrs.astuple(row.cost)) for row in known]
        shares = [
            ideal_latency_s(layer, densities_of(layer)) / latency_s
            for layer, latency_s, _, _ in costs
        ]
        return FittedSparse(
            sum(shares) / sum(share * share for share in shares),
            sum(energy_j for _, _, energy_j, _ in costs)
            / sum(latency_s for _, latency_s, _, _ in costs),
        )


def densities_of(layer: Layer) -> Densities:
    """Return the shares of weights and of activations that are not zero, where they are known."""
    return layer.weight_density, layer.activation_density


def ideal_latency_s(layer: Layer, densities: Densities) -> float:
    """Return the seconds that the stored entries of a layer take, without stalls.

    MACs with a non-zero weight and a non-zero activation, times the padding, over all PEs; the
    PE with the most rows sets the pace.

    Raises:
        PredictionError: if shape or densities are not known.
    """
    shape, (weights, activations) = layer.shape, densities
    if not isinstance(shape, FcShape) or weights is None or activations is None:
        raise PredictionError(f"sparse: {layer.name} lacks its shape or its densities")
    rows_per_pe = shape.outputs / PES
    useful = layer.macs * weights * activations / (PES * CLOCK_HZ)
    balance = math.ceil(rows_per_pe) / rows_per_pe
    return useful * padding(rows_per_pe, weights) * balance


def least_latency_s(layer: Layer, densities: Densities) -> float:
    """Return the seconds that a layer takes at the least; 0 if shape or densities are not known."""
    shape, (weights, activations) = layer.shape, densities
    if not isinstance(shape, FcShape) or weights is None or activations is None:
        return 0.0
    return fastest_s(shape, weights, activations)


def knows_densities(layer: Layer) -> bool:
    """Tell whether shape and densities of a layer are known."""
    return None not in (layer.shape, layer.weight_density, layer.activation_density)
