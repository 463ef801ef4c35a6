"""Sweeps: every point of a grid of configurations, by as few computations as possible.

Keys that may be axes are in `keys`, columns in `columns`, file formats in `formats`.

A cost is computed once for each network, dispatch and predictor at the accelerators' own
technology points, factors once for each rule and pair of points; polars multiplies them into
points while it writes them, so that memory does not grow with their number.
"""

from fodlam_core.sweeps.notebook import sweep

__all__ = ["sweep"]
