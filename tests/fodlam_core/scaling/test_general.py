"""General scaling: what it needs, and what it refuses."""

from __future__ import annotations

import pytest

from fodlam_core import ScalingError, Technology
from fodlam_core.errors import MissingInputsError
from fodlam_core.scaling.constant_voltage import ConstantVoltage
from fodlam_core.scaling.general import CurrentModel, General

LONG_CHANNEL = CurrentModel("long-channel")


@pytest.mark.parametrize(
    ("source", "target", "missing"),
    [
        (Technology(45), Technology(65, 1.0), (("source", "vdd"),)),
        (Technology(45, 1.0), Technology(65), (("target", "vdd"),)),
        (Technology(45), Technology(65), (("source", "vdd"), ("target", "vdd"))),
        (Technology(45, 1.0), Technology(45), (("target", "vdd"),)),
    ],
)
def test_a_voltage_is_needed_on_both_sides(source, target, missing) -> None:
    """Without both voltages the rule refuses and says which are missing."""
    for rule in (General(), General(LONG_CHANNEL)):
        with pytest.raises(MissingInputsError) as caught:
            rule.factors(source, target)
        assert caught.value.missing == missing


def test_constant_voltage_is_general_scaling_at_one_voltage() -> None:
    """With the same voltage on both sides general scaling is constant-voltage scaling."""
    points = Technology(45, 1.1), Technology(65, 1.1)
    for options in (CurrentModel(), LONG_CHANNEL):
        general, constant = General(options), ConstantVoltage(options)
        assert general.factors(*points) == constant.factors(*points)


def test_a_change_of_voltage_alone_needs_the_long_channel_model() -> None:
    """At one node the square law has delay in inverse proportion to the voltage."""
    points = Technology(65, 1.0), Technology(65, 0.8)
    with pytest.raises(ScalingError, match=r"65 nm from 1 V to 0\.8 V"):
        General().factors(*points)
    factors = General(LONG_CHANNEL).factors(*points)
    assert factors.time == pytest.approx(1.25, rel=1e-12)
    assert factors.energy == pytest.approx(0.64, rel=1e-12)
    assert factors.area == 1
