"""Constant-voltage scaling."""

from __future__ import annotations

from fodlam_core import Technology
from fodlam_core.scaling.constant_voltage import ConstantVoltage
from fodlam_core.scaling.general import CurrentModel


def test_both_current_models() -> None:
    """Time goes with s or, for long channels, with s squared; energy with s."""
    points = Technology(90), Technology(45)

    short = ConstantVoltage().factors(*points)
    long = ConstantVoltage(CurrentModel("long-channel")).factors(*points)

    assert (0.5, 0.5, 0.25) == (short.time, short.energy, short.area)
    assert (0.25, 0.5, 2.0) == (long.time, long.energy, long.power)
