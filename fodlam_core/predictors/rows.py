"""Rows of a layer: vectors that share its weights, and chips on which they share nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fodlam_core.model.shapes import ExpertsShape, FcShape

if TYPE_CHECKING:
    from fodlam_core.model.layers import Layer


def one_row(layer: Layer) -> tuple[Layer, int]:
    """Return a layer with one row of what it has, and the number of its rows.

    >>> from fodlam_core import Layer
    >>> layer, rows = one_row(Layer.from_shape("F", FcShape(8, 4, rows=16)))
    >>> layer.macs, rows
    (32, 16)
    """
    shape = layer.shape
    if not isinstance(shape, FcShape | ExpertsShape) or shape.rows == 1:
        return layer, 1
    single = attrs.evolve(shape, rows=1)
    return attrs.evolve(layer, shape=single, macs=single.macs), shape.rows
