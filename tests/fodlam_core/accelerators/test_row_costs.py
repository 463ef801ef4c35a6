"""The cost of a row."""

from __future__ import annotations

import pytest

from fodlam_core.accelerators.cells import Columns, Row
from fodlam_core.accelerators.row_costs import cost_of


def row(**cells: str) -> Row:
    """Return a row with cells by column."""
    return Row(Columns.named(list(cells)), list(cells.values()))


def test_a_rate_is_a_latency() -> None:
    """A rate is the reciprocal of a latency, times the batch, and so is its rounding."""
    cost = cost_of(row(inferences_per_s="200"), 4, None)

    assert pytest.approx(0.02) == cost.latency_s
    assert pytest.approx(0.02 * 0.5 / 200) == cost.latency_rounding_s


def test_an_energy_needs_no_latency() -> None:
    """An energy alone is a cost, of which the latency is not known."""
    cost = cost_of(row(energy_mj="5.0"), 1, None)

    assert (None, pytest.approx(5e-3)) == (cost.latency_s, cost.energy_j)


@pytest.mark.parametrize(
    "cells",
    [
        {"latency_s": "1", "images_per_s": "1"},
        {"latency_s": "1", "power_w": "1", "energy_j": "1"},
        {"latency_s": ""},
        {"images_per_s": "0"},
        {"latency_s": "1", "processing_latency_s": "2"},
    ],
)
def test_contradictions_are_told(cells: dict[str, str]) -> None:
    """A cost that is told twice, or not at all, is one mistake of the row."""
    each = row(**cells)
    cost_of(each, 1, None)

    assert 1 == len(each.problems)
