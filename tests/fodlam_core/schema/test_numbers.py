"""Numbers that somebody writes."""

from __future__ import annotations

import pytest

from fodlam_core.schema.numbers import COUNTED, PHYSICAL, expected, is_count, is_number, is_physical

ODD = (True, "1", None, float("nan"), float("inf"), 10**400)


def test_what_counts_as_a_number() -> None:
    """Numbers are finite, quantities positive, counts whole."""
    assert all(map(is_number, (-1, 0, 0.5)))
    assert all(map(is_physical, (1e-18, 1, 1e18)))
    assert all(map(is_count, (1, 10**12)))


@pytest.mark.parametrize("value", ODD)
def test_what_does_not(value: object) -> None:
    """Texts, truth values and what is not finite are none of them."""
    assert not (is_number(value))
    assert not (is_physical(value))
    assert not (is_count(value))


def test_the_range_is_told_where_it_alone_is_wrong() -> None:
    """A number that is only too small or too large is told the range."""
    assert "from 1e-30" in expected(PHYSICAL, 1e-310)
    assert "up to" in expected(COUNTED, 10**20)
    assert "expected a positive, finite number" == expected(PHYSICAL, -1)
