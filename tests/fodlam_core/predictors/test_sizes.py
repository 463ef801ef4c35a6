"""Sizes of a layer."""

from __future__ import annotations

from typing import Any

from fodlam_core import FcShape, Layer, LayerSums, MatmulShape
from fodlam_core.predictors.sizes import output_width, sizes


def test_sizes_of_each_kind_of_shape() -> None:
    """Each shape has its own sizes, and a layer without shape has its MACs."""
    assert sizes(Layer.from_shape("F", FcShape(3, 4))) == {"inputs": 3, "outputs": 4}
    assert sizes(Layer.from_shape("M", MatmulShape(2, 3, 4))) == {"m": 2, "k": 3, "n": 4}
    assert sizes(Layer("X", "conv", 7)) == {"MACs": 7}
    assert output_width(Layer.from_shape("M", MatmulShape(2, 3, 4))) == 4
    assert output_width(Layer("X", "conv", 7)) == 7


def test_sums_over_layers_have_macs_alone() -> None:
    """What is many layers has no size of one."""
    sums: Any = LayerSums("fc", macs=9, weights=5, elements=6)
    assert sizes(Layer("X", "fc", 9, sums)) == {"MACs": 9}
