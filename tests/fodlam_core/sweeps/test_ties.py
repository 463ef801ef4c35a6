"""Points that cost the same as one line."""

from __future__ import annotations

import itertools

import polars as pl

from fodlam_core.sweeps.ties import as_lines


def test_a_product_of_axes_is_one_line() -> None:
    """Rows that agree for every combination of some axes are one line."""
    grid = itertools.product([0.8, 0.9], ["hp", "lp", "bulk", "x"], [65, 45])
    frame = pl.DataFrame(list(grid), schema=["vdd", "flavor", "node"], orient="row")
    frame = frame.with_columns(energy=pl.col("node") * 2)

    lines, merged = as_lines(frame, ["vdd", "flavor", "node"])

    assert ["vdd", "flavor"] == merged
    names = "hp, lp, bulk, ... (4 values)"
    assert [
        ("0.8 to 0.9 (2 values)", names, 65, 130),
        ("0.8 to 0.9 (2 values)", names, 45, 90),
    ] == (lines.rows())


def test_different_costs_stay_apart() -> None:
    """Rows with costs of their own stay as they are."""
    frame = pl.DataFrame({"vdd": [0.8, 0.9], "energy": [1.0, 2.0]})

    assert (frame.rows(), []) == (as_lines(frame, ["vdd"])[0].rows(), as_lines(frame, ["vdd"])[1])
