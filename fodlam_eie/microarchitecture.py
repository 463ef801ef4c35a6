"""EIE as its paper describes it; nothing here is fitted."""

from __future__ import annotations

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
