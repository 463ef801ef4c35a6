"""The minimum of a function without derivatives."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fodlam_core.predictors.simplex import minimum

NUMBERS = st.floats(-5, 5)


@given(at=st.lists(NUMBERS, min_size=2, max_size=3))
@example(at=[-1.0, -1.0])  # corners of equal value on both sides of the minimum
def test_bowl(at: list[float]) -> None:
    """A bowl's bottom is found wherever it is."""
    point, value = minimum(
        lambda p: sum((x - y) ** 2 for x, y in zip(p, at, strict=True)), [0.0] * len(at), 1.0, 500
    )
    assert at == pytest.approx(point, abs=1e-3)
    assert value < 1e-5


def test_valley() -> None:
    """Rosenbrock's curved valley is followed to its end."""
    point, _ = minimum(
        lambda p: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2, [-1.2, 1.0], 0.5, 500
    )
    assert point == pytest.approx([1.0, 1.0], abs=1e-2)
