"""How wide intervals are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.validation.half_widths import half_width


@given(st.lists(st.floats(0, 5), min_size=1, max_size=60), st.floats(0, 5))
def test_a_half_width_covers_nine_in_ten(residuals: list[float], more: float) -> None:
    """At least nine tenths of the residuals are covered, and a greater one never narrows it."""
    width = half_width(residuals)
    assert sum(each <= width for each in residuals) >= 0.9 * len(residuals)
    greater = [*residuals[1:], residuals[0] + more]
    assert half_width(greater) >= width


def test_a_half_width_is_an_order_statistic() -> None:
    """Of n residuals the one of rank 0.9 (n + 1) is taken; fewer than nine are stretched."""
    ranks = {n: half_width(range(1, n + 1)) for n in (2, 8, 9, 18, 19, 99)}
    assert ranks == {2: 3, 8: 9, 9: 9, 18: 18, 19: 18, 99: 90}
