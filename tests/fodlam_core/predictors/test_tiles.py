"""Tests of layers as tiles of kernels."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodlam_core import ConvShape
from fodlam_core.predictors.tiles import (
    GROUPS,
    LATENCY,
    PER_CYCLE,
    PIXELS,
    TAP_LATENCY,
    VECTOR,
    Tiles,
    product_cycles,
    tiles,
)

PEAK = PER_CYCLE * VECTOR
"""MACs of a cycle at most."""


def conv(
    size: int, deep: int, filters: int, kernel: int, stride: int = 1, groups: int = 1
) -> ConvShape:
    """Return a convolution of a square map, padded to its size."""
    return ConvShape.from_input(
        (deep, size, size), filters, kernel, stride, kernel // 2, groups=groups
    )


def test_full_tiles_run_at_the_peak() -> None:
    """Where pixels and filters fill tiles, every cycle has its MACs."""
    shape = conv(PIXELS[0], VECTOR, GROUPS[0] * VECTOR, 1)

    assert Tiles(cycles=shape.macs / PEAK) == tiles(shape)


def test_a_small_tile_takes_as_long_as_an_addition() -> None:
    """One vector of filters by one pixel cannot be added to in every cycle."""
    shape = conv(1, VECTOR, VECTOR, 1)

    assert LATENCY * VECTOR == tiles(shape).cycles > shape.macs / PEAK


def test_channels_are_filled_up_to_vectors() -> None:
    """Channels that fill no vector take as long as those that do; an image is read as it is."""
    few, many = tiles(conv(12, 20, 52, 3)), tiles(conv(12, 32, 64, 3))

    assert few.cycles == many.cycles
    assert 3 * tiles(conv(12, 1, 64, 3)).cycles == tiles(conv(12, 3, 64, 3)).cycles


def test_windows_beyond_the_map_are_single_pixels() -> None:
    """At the edges a pixel at a time is computed, with what of its window is on the map."""
    shape = conv(8, VECTOR, GROUPS[0] * VECTOR, 3)
    rows = 3 * 8 - 2
    tile, edges = PIXELS[0] * GROUPS[0] / PER_CYCLE * 3, 2 * LATENCY * 2

    assert rows * VECTOR * (tile + edges) == tiles(shape).cycles


def test_large_filters_are_read_again_for_every_tile() -> None:
    """Filters of 5 x 5 exceed the nearest cache, those of 3 x 3 do not."""
    assert 0 == tiles(conv(14, 64, 64, 3)).filters < tiles(conv(14, 64, 64, 5)).filters


def test_depthwise() -> None:
    """A depthwise convolution has cycles of taps, and rows of vectors of channels."""
    made = tiles(conv(8, 32, 32, 3, groups=32))
    rows = 3 * 8 - 2

    steps = 3 * PIXELS[0] / PER_CYCLE + 2 * 2 * TAP_LATENCY
    assert Tiles(taps=2 * rows * steps, rows=2 * 8) == made


@pytest.mark.parametrize(("deep", "groups"), [(64, 8), (30, 30), (30, 1)])
def test_what_fills_no_vectors_is_a_product(deep: int, groups: int) -> None:
    """Groups of few channels, and channels no vector is made of, are products of matrices."""
    shape = conv(10, deep, deep, 3, groups=groups)
    one = product_cycles(deep // groups, 100, 9 * deep // groups)

    assert Tiles(cycles=groups * one) == tiles(shape)


@settings(derandomize=True, database=None)
@given(
    size=st.integers(1, 40),
    deep=st.integers(1, 70),
    filters=st.integers(1, 200),
    kernel=st.sampled_from([1, 3, 5, 7]),
    stride=st.integers(1, 3),
)
def test_nothing_is_faster_than_the_peak(
    size: int, deep: int, filters: int, kernel: int, stride: int
) -> None:
    """No convolution has more MACs in a cycle than there are, but for windows beyond the map."""
    shape = conv(size, deep, filters, kernel, stride)
    inside = ConvShape.from_input((deep, size + kernel, size + kernel), filters, kernel, stride)

    assert tiles(inside).cycles >= inside.macs / PEAK
    assert 0 < tiles(shape).cycles


@settings(derandomize=True, database=None)
@given(m=st.integers(1, 500), n=st.integers(1, 500), k=st.integers(1, 50))
def test_products(m: int, n: int, k: int) -> None:
    """A product has no more MACs in a cycle than there are, and costs its depth."""
    cycles = product_cycles(m, n, k)

    assert cycles >= m * n * k / PEAK
    assert k * product_cycles(m, n, 1) == cycles
