"""EIE as its paper describes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_eie.microarchitecture import padding


@given(rows=st.floats(1, 1000), density=st.floats(0.01, 1))
def test_padding_is_at_least_one(rows: float, density: float) -> None:
    """Each non-zero weight is stored once, and zeros can only add entries."""
    assert padding(rows, density) >= 1.0
    assert padding(rows, 1.0) == pytest.approx(1.0)


def test_sparser_weights_need_more_padding() -> None:
    """The sparser a layer, the more entries pad it."""
    assert padding(64, 0.5) < padding(64, 0.1) < padding(64, 0.01)
