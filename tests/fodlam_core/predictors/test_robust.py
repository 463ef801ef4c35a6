"""Tests of robust non-negative least squares."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.predictors import robust

NUMBERS = st.floats(0, 10).map(lambda value: round(value, 3))


@given(
    st.integers(1, 5).flatmap(
        lambda count: st.lists(
            st.lists(NUMBERS, min_size=count, max_size=count), min_size=1, max_size=12
        )
    )
)
def test_the_optimum_meets_its_conditions(rows):
    """No coefficient is negative, and none can be changed to lower the weighted squares."""
    columns = list(zip(*rows, strict=True))
    weights = [1.0] * len(rows)
    found = robust._solve(columns, weights, [0.0] * len(columns), (), 0.0, weights)
    residuals = [value - 1 for value in robust.combine(columns, found)]
    for column, value in zip(columns, found, strict=True):
        slope = sum(a * r for a, r in zip(column, residuals, strict=True))
        size = sum(a * a for a in column) ** 0.5 or 1.0
        assert value >= 0
        assert slope / size >= -1e-6 * len(rows)
        if value * size > 1e-6:
            assert 0 == pytest.approx(slope / size, abs=1e-6 * len(rows))


def test_planted_coefficients_come_back_past_outliers():
    """A tenth of rows that are ten times too high changes coefficients by under 2 %."""
    dice = random.Random(1)
    planted = [3.0, 0.0, 0.5]
    columns = [[dice.uniform(0.1, 10) for _ in range(200)] for _ in planted]
    truth = robust.combine(columns, planted)
    truth = [10 * value if i % 10 == 0 else value for i, value in enumerate(truth)]
    scaled = [[a / y for a, y in zip(column, truth, strict=True)] for column in columns]
    assert planted == pytest.approx(robust.fit(scaled), rel=0.02, abs=0.02)


def test_a_column_of_zeros_and_twins_are_harmless():
    """What cannot be told apart is shared somehow, and what is never there stays 0."""
    column = [1.0, 2.0, 0.5]
    found = robust.fit([column, column, [0.0] * 3, [1.0, 0.1, 3.0]])
    alone = robust.fit([column, [1.0, 0.1, 3.0]])
    assert 0.0 == found[2]
    assert alone[0] == pytest.approx(found[0] + found[1])


def test_a_prior_pulls_what_rows_leave_open():
    """A single row is met along the prior; a strong prior wins over rows."""
    assert [0.25, 0.25] == pytest.approx(robust.fit([[2.0], [2.0]], [0.25, 0.25], 0.3))
    strong = robust.fit([[1.0, 1.0], [1.0, 2.0]], [0.2, 0.4], 1e9)
    assert [0.2, 0.4] == pytest.approx(strong)


def test_a_bound_holds_and_the_others_fit_what_it_leaves():
    """A coefficient that would be lower is at its bound, and the rest is fitted beside it."""
    columns = [[1.0, 0.5, 0.25], [0.1, 0.4, 0.3]]
    free = robust.fit(columns)
    bounded = robust.fit(columns, least=[free[0] + 0.05, 0.0])
    assert bounded[0] == pytest.approx(free[0] + 0.05)
    assert 0 < bounded[1] < free[1]
    assert robust.fit(columns, least=[0.0, 0.0]) == pytest.approx(free)
