"""Layers as the tiles that kernels of processors with vectors compute, and what these take.

A kernel keeps a tile of results in registers: so many pixels (or rows) by so many vectors of
filters (or columns). In each step it multiplies and adds once for every vector of the tile: two of
them in a cycle, but not sooner than a result can be added to again. So small tiles, at the edges
of maps and of channels, cost more than their share. Convolutions go row by row, and where a window
reaches beyond the map pixel by pixel; see onnxruntime, core/mlas/lib/snchwc.cpp and
SconvKernelAvx512F.S, and FgemmKernelAvx512FCommon.h for products.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fodlam_core.model.shapes import ConvShape

VECTOR = 16
"""Channels of a vector."""
GROUPS = 4, 3, 2, 1
"""Vectors of filters of tiles, the largest first."""
PIXELS = 6, 3, 2, 1
"""Pixels of them."""
ROWS = 12, 6, 5, 4, 3, 2, 1
COLUMNS = 2, 1
"""Rows of tiles of matrix products, and the vectors of columns of the largest."""
PER_CYCLE = 2
LATENCY, TAP_LATENCY = 4.0, 2.0
"""Cycles of a step at least; fewer of a depthwise convolution, whose short chains overlap."""
LEAST_CHANNELS = 4
"""Channels that images are laid out for at once."""
CACHE_BYTES = 40_000
"""Of filters; what is more does not stay in the nearest cache from tile to tile."""


class Tiles(NamedTuple):
    """What a convolution takes, for one inference.

    Attributes:
        cycles: of the tiles, of a convolution that is not depthwise.
        filters: vectors of filters that are read from beyond the nearest cache.
        taps: cycles of a depthwise convolution.
        rows: rows of vectors of channels of a depthwise convolution.
    """

    cycles: float = 0.0
    filters: float = 0.0
    taps: float = 0.0
    rows: float = 0.0


@functools.lru_cache(maxsize=4096)
def product_cycles(m: int, n: int, k: int) -> float:
    """Return the cycles of the tiles of a matrix product.

    >>> product_cycles(12, 32, 10), product_cycles(1, 32, 10)
    (120.0, 40.0)
    """
    return k * sum(
        _step(rows, vectors) * some * more
        for rows, some in _parts(m, ROWS)
        for vectors, more in _parts(_vectors(n), COLUMNS if rows == ROWS[0] else (4, *COLUMNS))
    )


@functools.lru_cache(maxsize=4096)
def tiles(shape: ConvShape) -> Tiles:
    """Return what the tiles of a convolution take."""
    groups, deep = shape.groups, shape.in_channels // shape.groups
    filters = shape.out_channels // groups
    taps = shape.kernel[0] * shape.kernel[1]
    if not _is_blocked(shape):
        pixels = shape.out_height * shape.out_width
        return Tiles(cycles=groups * product_cycles(filters, pixels, deep * taps))
    if deep == 1 < groups:
        return _depthwise(shape)
    if deep >= VECTOR:
        deep = _vectors(deep) * VECTOR
    if taps == 1 and deep >= VECTOR:
        lines, rows, single = _pixels(shape)
    else:
        rows, (lines, single) = _valid(shape, 0)[2], _line(shape)
    cycles = read = 0.0
    steps = [(pixels, number * deep * rows) for pixels, number in (*lines, (1, single))]
    for count, times in _parts(_vectors(filters), GROUPS):
        cycles += times * sum(_step(pixels, count) * number for pixels, number in steps)
        if 4 * taps * min(deep, VECTOR) * VECTOR * count > CACHE_BYTES:
            read += times * count * sum(number for _, number in steps)
    return Tiles(groups * cycles, groups * read)


def _is_blocked(shape: ConvShape) -> bool:
    """Tell whether a kernel computes whole vectors of channels, not a matrix product."""
    deep, filters = shape.in_channels // shape.groups, shape.out_channels // shape.groups
    if shape.groups == 1:
        return deep < VECTOR or deep % LEAST_CHANNELS == 0
    if deep == filters == 1:
        return shape.groups % LEAST_CHANNELS == 0
    return deep % VECTOR == filters % VECTOR == 0


def _depthwise(shape: ConvShape) -> Tiles:
    lines, single = _line(shape)
    vectors, rows = _vectors(shape.out_channels), _valid(shape, 0)[2]
    steps = single * TAP_LATENCY + sum(
        max(TAP_LATENCY, pixels / PER_CYCLE) * number for pixels, number in lines
    )
    return Tiles(taps=vectors * rows * steps, rows=vectors * shape.out_height)


def _line(shape: ConvShape) -> tuple[list[tuple[int, int]], int]:
    """Return for a row of the output pixels and steps of every tile, and the steps of the rest.

    The rest are single pixels, whose windows reach beyond the map or that fill no tile.
    """
    inside, taps, _ = _valid(shape, 1)
    first = next((i for i, each in enumerate(taps) if each == shape.kernel[1]), len(taps))
    parts = [(size, number) for size, number in _parts(inside, PIXELS) if size > 1]
    done = range(first, first + sum(size * number for size, number in parts))
    single = sum(each for i, each in enumerate(taps) if i not in done)
    return [(size, number * shape.kernel[1]) for size, number in parts], single


def _valid(shape: ConvShape, axis: int) -> tuple[int, list[int], int]:
    """Return how many windows lie inside the map, and how much of each does, and of all."""
    size, kernel = (shape.in_height, shape.in_width)[axis], shape.kernel[axis]
    out = (shape.out_height, shape.out_width)[axis]
    step, stride, padding = shape.dilation[axis], shape.stride[axis], shape.padding[axis]
    taps = [
        sum(0 <= i * stride - padding + j * step < size for j in range(kernel)) for i in range(out)
    ]
    return taps.count(kernel), taps, sum(taps)


def _pixels(shape: ConvShape) -> tuple[list[tuple[int, int]], int, int]:
    """Return tiles of all pixels of a pointwise convolution, which has no rows of its own."""
    if shape.stride == (1, 1):
        pixels, rows = shape.out_height * shape.out_width, 1
    else:
        pixels, rows = shape.out_width, shape.out_height
    return _parts(pixels, PIXELS), rows, 0


def _step(pixels: int, vectors: int) -> float:
    return max(pixels * vectors / PER_CYCLE, LATENCY)


def _vectors(channels: int) -> int:
    return -(-channels // VECTOR)


def _parts(count: int, sizes: tuple[int, ...]) -> list[tuple[int, int]]:
    """Cut a count into parts, as large as may be; return their sizes, and how many there are."""
    parts = []
    for size in sizes:
        number, count = divmod(count, size)
        if number:
            parts.append((size, number))
    return parts
