"""Numbers as printed: what counts as one, and in which unit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.accelerators.printed import UNITS, half_unit, in_si, number, whole, written


@given(st.text())
def test_any_text_is_a_number_or_refused(text: str) -> None:
    """Whatever stands in a cell, the answer is a number that is right, or an error in words."""
    for read, least in ((number, 0), (whole, 1)):
        try:
            value = read(text)
        except ValueError as error:
            assert "write digits" in str(error) or "not finite or negative" in str(error)
        else:
            assert least <= value < float("inf")
            assert value == float(text)


@pytest.mark.parametrize("text", ["", "1_0", "\u0661", "0x1", "1,5", "inf", "-1", "nan", "9" * 400])
def test_what_is_no_number(text: str) -> None:
    """What Python would read, but no publication prints, is refused by both."""
    for read in (number, whole):
        with pytest.raises(ValueError, match="is not"):
            read(text)


@pytest.mark.parametrize("suffix", sorted(UNITS))
def test_units_lead_to_si(suffix: str) -> None:
    """Every unit leads to an SI name which may itself be a column, and names it as a choice."""
    name, factor = in_si(f"quantity{suffix}")

    assert (f"quantity{UNITS[suffix][0]}", UNITS[suffix][1]) == (name, factor)
    assert f"quantity{suffix}" in written(name)


def test_rounding_is_half_of_the_last_digit() -> None:
    """The printed digits, not the value, say how a number was rounded."""
    assert [0.5, 0.05, 0.005] == [half_unit(text) for text in ("20", "20.0", "20.00")]
