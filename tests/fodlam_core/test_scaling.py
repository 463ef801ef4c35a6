"""The rules that every installation has."""

from __future__ import annotations

import pytest

from fodlam_core import Technology
from fodlam_core.scaling.dennard import Dennard
from fodlam_core.scaling.identity import NoScaling


def test_dennard_from_45_to_65_nm() -> None:
    """Between 45 and 65 nm time goes with 1.4444, power with 2.0864, energy with 3.0137."""
    factors = Dennard().factors(Technology(45), Technology(65))

    actual = (factors.time, factors.power, factors.energy)
    assert ("1.4444", "2.0864", "3.0137") == tuple(f"{factor:.4f}" for factor in actual)
    assert factors.area == pytest.approx((65 / 45) ** 2)


def test_dennard_warns_of_leakage() -> None:
    """Below 90 nm the rule no longer held, which a note says; on one node nothing is scaled."""
    assert Dennard().factors(Technology(45), Technology(65)).notes
    assert not Dennard().factors(Technology(180), Technology(90)).notes
    assert not Dennard().factors(Technology(45), Technology(45)).notes


def test_no_scaling_says_so() -> None:
    """Without scaling all factors are 1, and a note tells that nodes differ."""
    factors = NoScaling().factors(Technology(45), Technology(65))

    assert (1.0, 1.0, 1.0) == (factors.time, factors.energy, factors.area)
    assert "numbers of a 45 nm chip stand unchanged for 65 nm" in factors.notes[0]
    assert not NoScaling().factors(Technology(45), Technology(45, 1.0)).notes
