"""Parts of an energy that do not scale alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import EnergySplit, PluginError, ScalingFactors

amounts = st.floats(0.01, 100)
factors = st.floats(0.01, 100)


@given(logic=amounts, sram=amounts, dram=amounts, parts=st.tuples(factors, factors, factors))
def test_energy_lies_between_the_factors_of_the_parts(
    logic: float, sram: float, dram: float, parts: tuple[float, float, float]
) -> None:
    """The energy factor is a mean of those of the parts, that of DRAM being 1; time stays."""
    energy, own_logic, own_sram = parts
    before = ScalingFactors(0.5, energy, logic=own_logic, sram=own_sram)
    after = EnergySplit(logic, sram, dram).apply(before)
    ends = (own_logic, own_sram, 1.0)
    assert min(ends) * (1 - 1e-12) <= after.energy <= max(ends) * (1 + 1e-12)
    assert after.time == before.time
    assert "parts scale apart" in after.notes[-1]


def test_dram_stays_under_every_rule() -> None:
    """Half of the energy being DRAM, a rule with one factor scales the other half only."""
    after = EnergySplit(logic=1, dram=1).apply(ScalingFactors(0.5, 0.2))
    assert after.energy == pytest.approx(0.6)


def test_a_rule_without_parts_is_left_alone() -> None:
    """Where neither the rule nor DRAM tells parts apart, the factors are the same object."""
    before = ScalingFactors(0.5, 0.2)
    assert EnergySplit(logic=3.741, sram=5.416).apply(before) is before


@pytest.mark.parametrize("wrong", [{}, {"logic": -1.0}, {"sram": float("nan")}, {"logic": "1"}])
def test_impossible_splits_are_refused(wrong: dict[str, float]) -> None:
    """A split has a part above zero, and none below."""
    with pytest.raises(PluginError):
        EnergySplit(**wrong)
