"""Convolutions and matrix products, each with a model of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.predictors.fitted import Model

if TYPE_CHECKING:
    from fodlam_core.predictors.products import Product

PRODUCTS = frozenset({"fc", "matmul"})
"""The forms that are matrix products as they stand."""


@attrs.frozen
class Apart:
    """Two models of one quantity: kernels of convolutions share little with those of products.

    Attributes:
        convolutions: the model of all forms of convolutions.
        products: the model of the forms of `PRODUCTS`.
    """

    convolutions: Model
    products: Model
    overhead = 0.0

    def of(self, product: Product) -> Model:
        """Return the model for a layer."""
        return self.products if product.form in PRODUCTS else self.convolutions

    def affine(self, product: Product) -> tuple[float, float]:
        """Return the constant, and the amount for each inference."""
        model: Any = self.of(product)  # where this is asked, both are affine
        fixed, each = model.affine(product)
        return fixed, each

    def value(self, product: Product, batch: int) -> float:
        """Return the quantity for a batch."""
        return self.of(product).value(product, batch)

    def outside(self, product: Product) -> list[str]:
        """Return why the layer is outside what was measured."""
        return self.of(product).outside(product)

    def explain(self, product: Product, unit: str) -> str:
        """Return the formula for one inference, with its numbers."""
        return self.of(product).explain(product, unit)
