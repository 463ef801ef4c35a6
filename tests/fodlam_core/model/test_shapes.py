"""Shapes know their MACs and refuse what contradicts itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import ConvShape, FcShape, LayerError, MatmulShape

small = st.integers(1, 6)


@given(
    channels=small, filters=small, size=st.integers(6, 12), kernel=small, stride=small, pad=small
)
def test_macs_by_counting(
    channels: int, filters: int, size: int, kernel: int, stride: int, pad: int
) -> None:
    """The MACs of a convolution are the filter positions, each times all its weights."""
    shape = ConvShape.from_input((channels, size, size), filters, kernel, stride, pad)

    positions = len(range(0, size + 2 * pad - kernel + 1, stride))
    assert (positions, positions) == (shape.out_height, shape.out_width)
    assert positions**2 * channels * filters * kernel**2 == shape.macs


@given(groups=small, channels=small, filters=small)
def test_groups_divide_the_macs(groups: int, channels: int, filters: int) -> None:
    """A grouped convolution has the MACs of the dense one divided by the groups."""
    size = (groups * channels, 8, 8)
    dense = ConvShape.from_input(size, groups * filters, 3)
    grouped = ConvShape.from_input(size, groups * filters, 3, groups=groups)

    assert dense.macs == groups * grouped.macs
    assert dense.weights == groups * grouped.weights


def test_transposed_convolution_by_its_input() -> None:
    """A transposed convolution spreads every input pixel over all taps."""
    shape = ConvShape(16, 14, 14, 8, 28, 28, (4, 4), (2, 2), (1, 1, 1, 1), transposed=True)

    assert 14 * 14 * 16 * 8 * 16 == shape.macs


def test_sizes_per_axis() -> None:
    """Kernel, stride, padding and dilation may differ between the axes."""
    shape = ConvShape.from_input((3, 20, 30), 8, (3, 5), (1, 2), (1, 2, 0, 3), (2, 1))

    assert (17, 16) == (shape.out_height, shape.out_width)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3, 8, 8, 4, 7, 6, (3, 3)), "output height: 7 does not follow"),
        ((3, 8, 8, 4, 6, 6, (3, 3), (1, 1), (0,) * 4, (1, 1), 2), "groups: 2 does not divide"),
        ((0, 8, 8, 4, 6, 6, (3, 3)), "in_channels: 0 is not a whole number of at least 1"),
        ((3, 8, 8, 4, 6, 6, (3, 3.0)), "kernel: 3.0 is not a whole number"),
        ((3, 8, 8, 4, 6, 6, (3, 3), (1, 1), (0, 0, 0, -1)), "padding: -1"),
        ((True, 8, 8, 4, 6, 6, (3, 3)), "in_channels: True"),
    ],
)
def test_contradictions(arguments: Any, message: str) -> None:
    """What does not fit together is refused, with the field and the cure."""
    with pytest.raises(LayerError, match=message):
        ConvShape(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input": (3, 8)}, "input: expected"),
        ({"kernel": (1, 2, 3)}, "kernel: expected one number or"),
        ({"padding": (1, 2, 3)}, "padding: expected"),
        ({"stride": 0}, "stride"),
        ({"kernel": 20}, "out_height"),
    ],
)
def test_contradictions_in_the_input(arguments: dict[str, Any], message: str) -> None:
    """What cannot be derived from an input is refused."""
    with pytest.raises(LayerError, match=message):
        ConvShape.from_input(**{"input": (3, 8, 8), "out_channels": 4, "kernel": 3, **arguments})


def test_other_shapes() -> None:
    """Rows and repetitions multiply the MACs; only weights are parameters."""
    fc, matmul = FcShape(768, 3072, rows=128), MatmulShape(128, 64, 128, count=12)

    assert (128 * 768 * 3072, 768 * 3072) == (fc.macs, fc.weights)
    assert (12 * 128 * 64 * 128, 0) == (matmul.macs, matmul.weights)
    assert ("fc", "matmul") == (fc.kind, matmul.kind)
    assert "768 -> 3072, 128 rows" == str(fc)
    assert "(128x64) (64x128), 12 times" == str(matmul)
