"""Eyeriss as its paper describes it; nothing here is fitted.

Source, unless a line says otherwise: Chen et al., IEEE JSSC 52(1), 2017.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fodlam_core.model.shapes import ConvShape

ROWS, COLUMNS = 12, 14  # the PE array
PES = ROWS * COLUMNS
CLOCK_HZ = 200e6  # core clock of Tables V and VI
WORD_BYTES = 2  # 16-bit fixed point (Table IV)
IFMAP_SCRATCHPAD_WORDS = 12  # 24 bytes for feature maps in each PE (Table IV)
# A scan chain of 1794 bits configures the chip before each layer, which takes less than 100 us
# (Section III-B); a batch does so once.
SETUP_S = 100e-6
PSUM_WORDS_PER_CYCLE = 4  # the global buffer is 64 bits wide
SETS_OVER_CHANNELS = 2  # r of Table III is 1 or 2 where its mapping agrees with Table V's traffic


class Work(NamedTuple):
    """What one image of a layer asks of the chip.

    Attributes:
        compute_s: seconds for the MACs, with as many PEs busy as the shape allows.
        psum_s: seconds for the partial sums over the port of the global buffer.
        bytes: feature maps in and out and weights, each once, uncompressed.
    """

    compute_s: float
    psum_s: float
    bytes: float


def work(shape: ConvShape, channels: float, batch: float) -> Work:
    """Return the work of a layer.

    Args:
        shape: the layer.
        channels: input channels accumulated inside the array before a partial sum is written.
        batch: number of images that share one load of the weights.
    """
    taps = shape.kernel[0] * shape.kernel[1]
    busy = busy_pes(shape.kernel[0], shape.out_height)
    height, width = (
        (out - 1) * stride + kernel
        for out, stride, kernel in zip(
            (shape.out_height, shape.out_width), shape.stride, shape.kernel, strict=True
        )
    )
    maps = shape.in_channels * height * width
    maps += shape.out_channels * shape.out_height * shape.out_width
    return Work(
        shape.macs / (busy * CLOCK_HZ),
        shape.macs / (taps * channels) / (PSUM_WORDS_PER_CYCLE * CLOCK_HZ),
        WORD_BYTES * (maps + shape.weights / batch),
    )


@lru_cache(maxsize=1024)
def busy_pes(filter_rows: int, output_rows: int) -> float:
    """Return how many PEs work on average, at the best number of output rows at a time.

    A set of PEs has a row for each filter row and a column for each output row. Sets stand above
    each other, and side by side or folded where they are narrower or wider than the array.

    >>> busy_pes(11, 55), busy_pes(5, 27), busy_pes(3, 14)
    (154.0, 140.0, 168.0)
    """
    strips = ROWS // filter_rows
    best = 0.0
    for rows in range(1, min(output_rows, COLUMNS * strips) + 1):
        if rows <= COLUMNS:
            sets = strips * (COLUMNS // rows)
        else:
            sets = strips // math.ceil(rows / COLUMNS)
        tiles = math.ceil(output_rows / rows)
        best = max(best, sets * filter_rows * output_rows / tiles)
    return min(best, PES)


def most_channels(shape: ConvShape) -> int:
    """Return how many input channels the array can hold at a time, q r in Table III.

    The scratch pad of a PE holds one row of a filter's window for each channel (q), and up to
    two sets of PEs work on different channels, if so many stand above each other (r).

    >>> from fodlam_core import ConvShape
    >>> most_channels(ConvShape.from_input((256, 13, 13), 384, 3, padding=1))
    8
    """
    per_pe = max(1, IFMAP_SCRATCHPAD_WORDS // shape.kernel[1])
    sets = min(SETS_OVER_CHANNELS, ROWS // shape.kernel[0])
    return min(per_pe * sets, shape.in_channels // shape.groups)
