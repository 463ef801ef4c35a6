"""The two projections behind the dark-silicon studies."""

from __future__ import annotations

import pytest

from fodlam_core import ScalingError, Technology
from fodlam_core.scaling.dark_silicon import conservative, itrs
from fodlam_core.scaling.tables import TableOptions


@pytest.mark.parametrize("rule", [itrs(), conservative()])
def test_it_starts_at_45_nm(rule) -> None:
    """Eyeriss, at 65 nm, cannot be carried, not even by interpolation."""
    for each in (rule, rule.configure(TableOptions(interpolate=True))):
        with pytest.raises(ScalingError, match="65 nm is not in the table, which has 45, 32, 22"):
            each.factors(Technology(65), Technology(45))


@pytest.mark.parametrize("rule", [itrs(), conservative()])
def test_it_is_said_to_be_a_projection(rule) -> None:
    """Every pair of factors carries a note that it is a projection."""
    assert "projection" in rule.factors(Technology(45), Technology(8)).notes[0]


def test_itrs_expects_a_slower_clock_at_8_than_at_11_nm() -> None:
    """The roadmap's frequency falls from 4.17 to 3.85 between 11 and 8 nm: time x1.083."""
    factors = itrs().factors(Technology(11), Technology(8))
    assert factors.time == pytest.approx(4.17 / 3.85, rel=1e-12)
