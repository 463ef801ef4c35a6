"""Least squares without numpy."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fodlam_core.predictors.least_squares import line, non_negative

numbers = st.floats(0.01, 100)
rows = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=8)


def _squares(x: float, y: float, table: list[tuple[float, float]]) -> float:
    return sum((x * a + y * b - 1) ** 2 for a, b in table)


@given(rows, numbers, numbers)
def test_no_other_point_is_better(table: list[tuple[float, float]], x: float, y: float) -> None:
    """No pair of non-negative coefficients has a smaller sum of squares than the result."""
    best = non_negative(table)
    assert min(best) >= 0
    least = _squares(*best, table)
    for other in ((x, y), (x, 0.0), (0.0, y), (best[0] * 1.01, best[1]), (best[0], best[1] * 0.99)):
        assert least <= _squares(*other, table) + 1e-6


@given(st.lists(numbers, min_size=2, max_size=6, unique=True), numbers, st.floats(-3, 3))
def test_a_line_through_its_own_points(xs: list[float], intercept: float, slope: float) -> None:
    """The line through points of a line is that line."""
    assume(max(xs) - min(xs) > 0.1)
    found = line([(x, intercept + slope * x) for x in xs])
    assert found == pytest.approx((intercept, slope), abs=1e-6)


def test_a_column_of_zeros_gets_no_weight() -> None:
    """A column that contributes nothing has the coefficient zero."""
    assert non_negative([(0.0, 2.0), (0.0, 2.0)]) == (0.0, 0.5)
    assert non_negative([(2.0, 0.0), (2.0, 0.0)]) == (0.5, 0.0)


def test_equal_abscissas_give_a_level_line() -> None:
    """Points above each other give their mean and no slope."""
    assert line([(1.0, 2.0), (1.0, 4.0)]) == (3.0, 0.0)
