"""Evenly spaced values."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.sweeps.ranges import Range, range_of

FINITE = st.floats(-1e6, 1e6)


@given(start=FINITE, width=st.floats(1e-3, 1e6), num=st.integers(2, 50))
def test_ends_are_included(start: float, width: float, num: int) -> None:
    """A range rises from start to stop in so many values."""
    values = list(Range(start, start + width, num))

    assert num == len(values)
    assert start == pytest.approx(values[0], rel=1e-11)
    assert start + width == pytest.approx(values[-1], rel=1e-11)
    assert sorted(values) == values


def test_whole_numbers_stay_whole() -> None:
    """Whole steps between whole numbers give whole numbers, and others do not."""
    assert [1, 2, 3] == list(Range(1, 3, 3))
    assert {int} == {type(value) for value in Range(1, 3, 3)}
    assert [1.0, 1.5, 2.0] == list(Range(1, 2, 3))


def test_values_are_as_one_would_write_them() -> None:
    """No value has digits of binary rounding."""
    assert [float(f"{0.7 + i / 100:.2f}") for i in range(51)] == list(Range(0.7, 1.2, 51))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"start": 1.2, "stop": 0.7, "num": 3}, "reversed or empty: start 1.2 is not below"),
        ({"start": 1, "stop": 1, "num": 3}, "reversed or empty"),
        ({"start": float("nan"), "stop": 1, "num": 3}, "start: expected a finite number, got nan"),
        ({"start": 0, "stop": float("inf"), "num": 3}, "stop: expected a finite number, got inf"),
        ({"start": 0, "stop": "1", "num": 3}, "stop: expected a finite number, got '1'"),
        ({"start": 0, "stop": 1, "num": 1}, "num: expected a whole number of at least 2, got 1"),
        ({"start": 0, "stop": 1, "num": 2.0}, "num: expected a whole number"),
        ({"start": 0, "stop": 1}, "num missing"),
        ({"start": 0, "stop": 1, "nun": 3}, "unknown key 'nun'; did you mean 'num'?"),
    ],
)
def test_bad_ranges(table: dict[str, object], message: str) -> None:
    """A range that is none is refused, saying why."""
    with pytest.raises(ValueError, match=re.escape(message)):
        range_of(table)
