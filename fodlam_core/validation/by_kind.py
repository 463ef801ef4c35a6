"""Convolutions and products, whose errors are stated apart: one tells little of the other.

A kind of which few rows were measured has an error of its own, but the interval of all layers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.model.shapes import ConvShape
from fodlam_core.report.units import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fodlam_core.model.layers import Layer
    from fodlam_core.model.stored_fit import CrossValidated

CONVOLUTIONS, PRODUCTS = "convolutions", "products"
KINDS = (CONVOLUTIONS, PRODUCTS)
LEAST_RUNS = 20
"""Rows of a kind from which on it has an interval of its own."""


def kind_of(layer: Layer) -> str:
    """Return which of `KINDS` a layer is; empty where its shape is not known.

    >>> from fodlam_core import FcShape, Layer
    >>> kind_of(Layer.from_shape("F", FcShape(8, 4))), kind_of(Layer("L", "conv", 64))
    ('products', '')
    """
    if layer.shape is None:
        return ""
    return CONVOLUTIONS if isinstance(layer.shape, ConvShape) else PRODUCTS


def kind_notes(errors: Mapping[str, CrossValidated]) -> Iterator[str]:
    """Yield what to say of the intervals of kinds, from the errors by quantity."""
    for quantity, error in errors.items():
        for kind, own in error.kinds.items():
            said = f"{quantity} of {kind} is {percent(own.mape)} off on average"
            if own.runs < LEAST_RUNS:
                yield f"{said}; its {own.runs} rows are too few: the interval is that of all layers"
            else:
                yield f"{said}; the interval is that of its {own.runs} rows alone"
