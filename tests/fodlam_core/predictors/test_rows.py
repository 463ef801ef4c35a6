"""Rows of a layer."""

from __future__ import annotations

from fodlam_core import FcShape, Layer
from fodlam_core.predictors.rows import one_row


def test_rows_are_taken_apart() -> None:
    """One row times the number of rows has the MACs of the layer."""
    layer = Layer.from_shape("F", FcShape(8, 4, rows=16))
    single, rows = one_row(layer)

    assert (FcShape(8, 4), 16) == (single.shape, rows)
    assert layer.macs == single.macs * rows


def test_other_layers_stay_as_they_are() -> None:
    """A layer of one row, or without a shape, is returned as it is."""
    for layer in (Layer.from_shape("F", FcShape(8, 4)), Layer("X", "fc", 7)):
        assert (layer, 1) == one_row(layer)
