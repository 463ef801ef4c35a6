"""Fitted models of latency and energy, one each, as a fitted predictor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import attrs

from fodlam_core.errors import PredictionError
from fodlam_core.model.costs import Cost
from fodlam_core.predictors.products import Product, product

if TYPE_CHECKING:
    from fodlam_core.model.layers import Layer


class Model(Protocol):
    """One quantity of a layer, from the layer as matrix products."""

    @property
    def overhead(self) -> float:
        """What a run of a network takes that belongs to no layer."""
        ...

    def value(self, product: Product, batch: int) -> float:
        """Return the quantity for a batch."""
        ...

    def outside(self, product: Product) -> list[str]:
        """Return why the layer is outside what was measured."""
        ...

    def explain(self, product: Product, unit: str) -> str:
        """Return the formula for one inference, with its numbers."""
        ...


class AffineModel(Model, Protocol):
    """A model that is a constant and an amount for each inference."""

    def affine(self, product: Product) -> tuple[float, float]:
        """Return the constant, and the amount for each inference."""
        ...


ModelT = TypeVar("ModelT", bound=Model, covariant=True)


@attrs.frozen
class FittedModels(Generic[ModelT]):
    """A model of each quantity; None where it is not known.

    Attributes:
        latency: of seconds.
        energy: of joules.
        offchip: share of the latency that is spent waiting for off-chip memory.
        notes: what the measurements leave open.
    """

    latency: ModelT | None
    energy: ModelT | None
    offchip: float = 0.0
    notes: tuple[str, ...] = ()

    def predict(self, layer: Layer, batch: int = 1) -> Cost:
        """Return the cost of a batch of one item of the layer.

        Raises:
            PredictionError: if the shape of the layer is not known, or nothing that was measured
                tells what it costs.
        """
        one = product(layer)
        values = [
            None if model is None else model.value(one, batch)
            for model in (self.latency, self.energy)
        ]
        if 0.0 in values:
            raise PredictionError(
                f"layer {layer.name!r}: no measurement covers a layer of the form "
                f"{one.form}; name another accelerator for it in [[dispatch.rules]]"
            )
        return self._cost(*values)

    def overhead(self, batch: int = 1) -> Cost | None:  # noqa: ARG002  # the same for any batch
        """Return what a run of a network costs that belongs to no layer; None if nothing."""
        every = [None if model is None else model.overhead for model in (self.latency, self.energy)]
        return self._cost(*every) if any(every) else None

    def outside(self, layer: Layer) -> list[str]:
        """Return why the layer is outside what was measured."""
        one = product(layer)
        models = (model for model in (self.latency, self.energy) if model is not None)
        return list(dict.fromkeys(reason for model in models for reason in model.outside(one)))

    def explain(self, layer: Layer) -> dict[str, str]:
        """Return the formulas of latency and energy with their numbers."""
        one = product(layer)
        models = (("latency", self.latency, "s"), ("energy", self.energy, "J"))
        return {name: model.explain(one, unit) for name, model, unit in models if model is not None}

    def _cost(self, latency: float | None, energy: float | None) -> Cost:
        known: dict[str, Any] = {"latency_s": latency, "energy_j": energy}
        return Cost(**known, offchip_latency_s=(latency or 0.0) * self.offchip)


@attrs.frozen
class FittedAffineModels(FittedModels[AffineModel]):
    """Models that are affine in the batch."""

    def affine(self, layer: Layer) -> tuple[Cost, Cost]:
        """Return the cost of a batch of any size, and that of each inference in it."""
        one = product(layer)
        nothing = (None, None)
        latency = self.latency.affine(one) if self.latency else nothing
        energy = self.energy.affine(one) if self.energy else nothing
        return self._cost(latency[0], energy[0]), self._cost(latency[1], energy[1])
