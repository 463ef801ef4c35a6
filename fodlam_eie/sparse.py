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
        latency_s = batch * max(self.overhead * ideal_latency_s(layer), self.fastest(layer))
        return Cost(latency_s, self.power_w * latency_s)

    def fastest(self, layer: Layer, batch: int = 1) -> float:
        """Return the least seconds that a layer with these densities takes."""
        shape, weights, activations = layer.shape, layer.weight_density, layer.activation_density
        if not isinstance(shape, FcShape) or weights is None or activations is None:
            return 0.0
        return batch * fastest_s(shape, weights, activations)

    def explain(self, layer: Layer) -> dict[str, str]:
        """Return the formulas of latency and energy with their numbers."""
        cost, ideal = self.predict(layer), quantity(ideal_latency_s(layer), "s", 6)
        latency, power = quantity(cost.latency_s, "s", 6), quantity(self.power_w, "W", 6)
        return {
            "latency": (
                f"overhead x stored entries: {self.overhead:.6g} x {ideal} = {latency}"
                if self.overhead * ideal_latency_s(layer) >= self.fastest(layer)
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
        shares = [ideal_latency_s(layer) / latency_s for layer, latency_s, _, _ in costs]
        return FittedSparse(
            sum(shares) / sum(share * share for share in shares),
            sum(energy_j for _, _, energy_j, _ in costs)
            / sum(latency_s for _, latency_s, _, _ in costs),
        )


def ideal_latency_s(layer: Layer) -> float:
    """Return the seconds that the stored entries of a layer take, without stalls.

    MACs with a non-zero weight and a non-zero activation, times the padding, over all PEs; the
    PE with the most rows sets the pace.

    Raises:
        PredictionError: if shape or densities are not known.
    """
    shape = layer.shape
    if (
        not isinstance(shape, FcShape)
        or layer.weight_density is None
        or layer.activation_density is None
    ):
        raise PredictionError(f"sparse: {layer.name} lacks its shape or its densities")
    rows_per_pe = shape.outputs / PES
    useful = layer.macs * layer.weight_density * layer.activation_density / (PES * CLOCK_HZ)
    balance = math.ceil(rows_per_pe) / rows_per_pe
    return useful * padding(rows_per_pe, layer.weight_density) * balance


def knows_densities(layer: Layer) -> bool:
    """Tell whether shape and densities of a layer are known."""
    return None not in (layer.shape, layer.weight_density, layer.activation_density)
