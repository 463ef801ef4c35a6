"""Layers of which only sums are known."""

from __future__ import annotations

import pytest

from fodlam_core import Layer, LayerError, LayerSums
from fodlam_core.model.shapes import is_shape


def test_sums_stand_for_a_shape() -> None:
    """A layer takes them for its shape, of the kind that their form is of."""
    for form, kind in (
        ("dense", "conv"),
        ("depthwise", "conv"),
        ("fc", "fc"),
        ("matmul", "matmul"),
    ):
        sums = LayerSums(form, macs=10, weights=3, elements=7)
        assert sums.kind == kind
        assert is_shape(sums)
        assert Layer(form, kind, 10, sums).total_macs == 10


@pytest.mark.parametrize("numbers", [(0, 1, 1), (1, -1, 1), (1, 1, -1)])
def test_sums_are_checked(numbers: tuple[int, int, int]) -> None:
    """There are MACs, and no number is negative."""
    with pytest.raises(LayerError, match="sums over fc layers"):
        LayerSums("fc", *numbers)
