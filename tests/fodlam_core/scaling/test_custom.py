"""The rule of the factors that a configuration gives."""

from __future__ import annotations

import pytest

from fodlam_core import ScalingError, Technology
from fodlam_core.scaling.custom import Custom
from fodlam_core.scaling.given_factors import CustomOptions, GivenFactors

NM = {node: Technology(node) for node in (65, 45, 28, 16, 7)}


def rule(*factors: GivenFactors) -> Custom:
    """Return the rule with factors."""
    return Custom().configure(CustomOptions(factors))


def test_energy_and_power_are_two_ways_to_say_the_same() -> None:
    """Energy given as power is power x time; either comes back as it was given."""
    by_power = rule(GivenFactors(28, 16, time=0.5, power=0.8)).factors(NM[28], NM[16])
    by_energy = rule(GivenFactors(28, 16, time=0.5, energy=0.4)).factors(NM[28], NM[16])
    assert by_power == by_energy
    assert (by_power.time, by_power.power, by_power.area) == (0.5, 0.8, None)


def test_a_foundry_claim_is_one_of_two_statements() -> None:
    """N7 to N5, +15 % speed or -30 % power, is time 1/1.15 at power 1, or power 0.7 at time 1."""
    speed = rule(GivenFactors(7, 5, time=1 / 1.15, power=1.0)).factors(NM[7], Technology(5))
    power = rule(GivenFactors(7, 5, time=1.0, power=0.7)).factors(NM[7], Technology(5))
    assert (speed.energy, power.energy) == (pytest.approx(1 / 1.15), 0.7)


def test_detours_follow_and_are_said() -> None:
    """What is not given as it is follows from a chain of factors, with a note."""
    chain = rule(
        GivenFactors(65, 45, time=0.8, energy=0.5, area=0.5),
        GivenFactors(28, 45, time=1.5, power=1.0, area=2.0),
        GivenFactors(28, 16, time=0.5, power=1.0),
    )
    factors = chain.factors(NM[65], NM[28])
    assert factors.time == pytest.approx(0.8 / 1.5, rel=1e-12)
    assert factors.energy == pytest.approx(0.5 / 1.5, rel=1e-12)
    assert factors.area == pytest.approx(0.25, rel=1e-12)
    assert "follow" in factors.notes[0]
    assert chain.factors(NM[65], NM[16]).area is None
    assert "gives" in chain.factors(NM[28], NM[45]).notes[0]


@pytest.mark.parametrize("factors", [(), (GivenFactors(45, 28, time=0.5, power=1.0),)])
def test_what_is_not_given_is_refused_with_the_lines_to_write(factors) -> None:
    """A pair that does not follow is refused, and the error has what to write."""
    with pytest.raises(ScalingError, match=r"options\] factors = \[{from_nm = 45, to_nm"):
        rule(*factors).factors(NM[45], NM[65])
