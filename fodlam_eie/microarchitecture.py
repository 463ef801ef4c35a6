"""EIE as its paper describes it; nothing here is fitted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fodlam_core.model.shapes import FcShape

# Han et al., ISCA 2016, Table V: 64 PEs at 800 MHz. Rows of the weight matrix are interleaved
# over the PEs (Section III-C).
PES = 64
CLOCK_HZ = 800e6

# Section III-B: a non-zero weight is stored with the number of zeros before it in four bits, so
# a run of 16 zeros costs one entry of padding.
PADDED_RUN = 16


def padding(rows_per_pe: float, weight_density: float) -> float:
    """Return the expected number of stored entries for each non-zero weight.

    With independent weights, the entry at position i of a PE's slice of a column follows a run
    of at least 16 j zeros with probability (1 - density)^(16 j), if i has that many before it.

    Args:
        rows_per_pe: length of the slice of a column in one PE.
        weight_density: share of weights that are not zero.

    >>> padding(64, 1.0), round(padding(64, 0.09), 3)
    (1.0, 1.193)
    """
    total, run = 1.0, PADDED_RUN
    while run < rows_per_pe:
        total += (1 - run / rows_per_pe) * (1 - weight_density) ** run
        run += PADDED_RUN
    return total


def fastest_s(shape: FcShape, weight_density: float, activation_density: float) -> float:
    """Return the seconds that no layer can take less than: one entry a cycle in each PE.

    Activations that are not zero are broadcast one in a cycle (Section III-C), so that a column
    takes a cycle even if no PE has an entry of it; the PE with the most rows sets the pace.

    >>> from fodlam_core import FcShape
    >>> f"{fastest_s(FcShape(4096, 4096), 1.0, 1.0):.3g} s"  # its MACs at the peak rate
    '0.000328 s'
    >>> f"{fastest_s(FcShape(1, 1), 1.0, 1.0):.3g} s"  # one cycle
    '1.25e-09 s'
    """
    entries = math.ceil(shape.outputs / PES) * weight_density
    cycles = max(1.0, shape.inputs * activation_density * max(1.0, entries))
    return shape.rows * cycles / CLOCK_HZ
