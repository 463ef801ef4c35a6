"""Numbers as a person reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.report.units import PREFIXES, quantity


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1 s"),
        (0.99996, "1 s"),
        (999.96, "1 ks"),
        (1e-3, "1 ms"),
        (9.9999e-4, "1 ms"),
        (3.04e-5, "30.4 us"),
        (-0.002, "-2 ms"),
        (1e15, "1000 Ts"),
        (0, "0 s"),
    ],
)
def test_prefixes(value: float, text: str) -> None:
    """Rounding comes before the prefix is chosen."""
    assert text == quantity(value, "s")


@given(st.floats(1e-17, 1e14))
def test_nothing_is_lost_but_digits(value: float) -> None:
    """Read back, a quantity is the number to four digits."""
    number, _, unit = quantity(value, "s").partition(" ")
    exponent = {f"{prefix}s": exponent for exponent, prefix in PREFIXES.items()}[unit]

    assert value == pytest.approx(float(number) * 10.0**exponent, rel=5.01e-4)
