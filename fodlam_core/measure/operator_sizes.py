"""Sizes of tensors with which an operator without MACs passes over so much memory.

A pass tells how many elements are read and written. Where several tensors do, those are taken that
are as images and rows of networks are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fodlam_core.model.memory_pass import MemoryPass

SIDES = (224, 112, 56, 28, 14, 7, 96, 48, 24, 12, 64, 32, 16, 8, 4, 2, 1)
FEWEST, MOST, BLOCK = 8, 4096, 16
"""Channels that an image has at least and at most, and mostly a multiple of."""
SMALLEST = 7
"""Fewer pixels in a row have images of few networks."""
USUAL = 7000
"""Channels times height, about."""
WIDTHS = (768, 1024, 512, 256, 128, 64, 32, 16, 8, 4, 2, 1)
Dims = tuple[int, ...]


class Sizes(NamedTuple):
    """The sizes of what an operator reads and makes, without the batch.

    Attributes:
        x: of what it reads.
        y: of what it makes.
        g: of the second tensor that it reads; None if nothing.
        how: what the graph is filled in with.
    """

    x: Dims
    y: Dims
    g: Dims | None = None
    how: Mapping[str, object] = {}


def image(elements: int, channels: int | None = None) -> Dims | None:
    """Return an image of so many elements, as large as images of networks are."""
    if channels is not None:
        side = math.isqrt(elements // channels)
        return (channels, side, side) if channels * side * side == elements else None
    return next(iter(_images(elements)), None)


def _images(elements: int) -> list[Dims]:
    """Return the images of so many elements, the likeliest first."""
    found = [(elements // side**2, side, side) for side in SIDES if elements % side**2 == 0]
    return sorted((each for each in found if FEWEST <= each[0] <= MOST), key=_oddity)


def _oddity(dims: Dims) -> tuple[bool, bool, float]:
    """Return how far an image is from those of networks: smaller ones are deeper."""
    channels, side, _ = dims
    return channels % BLOCK != 0, side < SMALLEST, abs(math.log(channels * side / USUAL))


def rows(elements: int) -> Dims | None:
    """Return rows of so many elements, as wide as they can be."""
    width = next((each for each in WIDTHS if elements % each == 0), 1)
    return (elements // width, width)


def same(image: Callable[[int], Dims | None]) -> Callable[[MemoryPass], Sizes | None]:
    """Return the rule of an operator that makes as much as it reads."""

    def sizes(what: MemoryPass) -> Sizes | None:
        dims = image(what.written)
        return Sizes(dims, dims) if dims and what.read == what.written else None

    return sizes


def two(what: MemoryPass) -> Sizes | None:
    """Return two tensors that make a third of the same size."""
    dims = rows(what.written)
    return Sizes(dims, dims, dims) if dims and what.read == 2 * what.written else None


def row_for_all(what: MemoryPass) -> Sizes | None:
    """Return rows, and one that is used with each of them."""
    width = what.read - what.written
    if width < 1 or what.written % width:
        return None
    dims = what.written // width, width
    return Sizes(dims, dims, (1, width))


def gated(what: MemoryPass) -> Sizes | None:
    """Return an image, and a value for each of its channels."""
    channels = what.read - what.written
    dims = image(what.written, channels) if channels > 0 else None
    return Sizes(dims, dims, (channels, 1, 1)) if dims else None


def joined(what: MemoryPass) -> Sizes | None:
    """Return two halves of an image."""
    found = _images(what.written)
    if not found or what.read != what.written:
        return None
    dims = next((each for each in found if each[0] % (2 * BLOCK) == 0), found[0])
    part = dims[0] // 2
    return Sizes((dims[0] - part, *dims[1:]), dims, (part, *dims[1:]))


def averaged(what: MemoryPass) -> Sizes | None:
    """Return an image, and a value for each of its channels that is made of it."""
    dims = image(what.read, what.written)
    return Sizes(dims, (what.written, 1, 1)) if dims else None


def row_means(what: MemoryPass) -> Sizes | None:
    """Return rows, and a value for each of them that is made of it."""
    width, rest = divmod(what.read, what.written)
    return None if rest else Sizes((what.written, width), (what.written, 1))


def pooled(what: MemoryPass) -> Sizes | None:
    """Return an image, and what a pool of square windows makes of it."""
    kernel = math.isqrt(what.window)
    for found in _images(what.read):
        made = image(what.written, found[0])
        if made is None or not 0 < made[1] <= found[1] or kernel * kernel != what.window:
            continue
        stride = found[1] // made[1]
        for pad in range(kernel // 2 + 1):
            if (found[1] + 2 * pad - kernel) // stride + 1 == made[1]:
                how = {"kernel": kernel, "stride": stride, "pad": pad}
                return Sizes(found, made, how=how)
    return None


def half(what: MemoryPass) -> Sizes | None:
    """Return an image, and half of its channels."""
    dims = image(what.written)
    if dims is None or what.read != what.written:
        return None
    return Sizes((2 * dims[0], *dims[1:]), dims, how={"half": dims[0]})


def doubled(what: MemoryPass) -> Sizes | None:
    """Return an image, and one of twice its height and width."""
    dims = image(what.read)
    if dims is None or what.written != 4 * what.read:
        return None
    return Sizes(dims, (dims[0], 2 * dims[1], 2 * dims[2]))


def heads(what: MemoryPass) -> Sizes | None:
    """Return rows whose width is that of some heads, which are brought to the front."""
    dims = rows(what.written)
    if dims is None or dims[1] % 64 or what.read != what.written:
        return None
    count = dims[1] // 64
    return Sizes((dims[0], count, 64), (count, dims[0], 64))
