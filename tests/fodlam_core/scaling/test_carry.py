"""What the core does for every rule."""

from __future__ import annotations

from typing import Any

import pytest

from fodlam_core import ScalingError, ScalingFactors, Technology
from fodlam_core.scaling.carry import carry
from fodlam_core.scaling.identity import NoScaling
from fodlam_core.scaling.operations import PublishedOperations


class Linear:
    """A rule of somebody else: two attributes and nothing more."""

    name = "linear"

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return time and energy in proportion to the node."""
        s = target.node_nm / source.node_nm
        return ScalingFactors(s, s * s, notes=("said by the rule",))


class Faulty:
    """A rule that does whatever it is told to."""

    name = "faulty"

    def __init__(self, act: Any) -> None:
        self.act = act

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Act."""
        result: ScalingFactors = self.act()
        return result


def notes(source: Technology, target: Technology, *given: str) -> str:
    """Return the notes of a foreign rule as one text."""
    return "; ".join(carry(Linear(), source, target, given).notes)


def test_equal_points_are_not_put_to_the_rule() -> None:
    """Where nothing changes the factors are exactly 1 and the rule is not asked."""
    point = Technology(12, 0.7)
    factors = carry(Faulty(lambda: 1 / 0), point, Technology(12, 0.7))
    assert (factors.time, factors.energy, factors.power, factors.area) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("source", "target", "warns"),
    [(65, 20, True), (45, 15, False), (15, 45, False), (45, 14.9, True), (7, 22, True)],
)
def test_jumps_of_more_than_3x_are_said(source: float, target: float, warns: bool) -> None:
    """A ratio of nodes beyond 3 carries a warning, in either direction, under a foreign rule."""
    assert ("jump" in notes(Technology(source), Technology(target))) == warns


def test_published_energies_are_not_held_against_themselves() -> None:
    """The rule of published energies carries no warning that these fall less than rules say."""
    points = Technology(45), Technology(7)
    assert "published energies per operation fall less" in notes(*points)
    assert not any("jump" in note for note in carry(PublishedOperations(), *points).notes)


@pytest.mark.parametrize(
    ("source", "target", "warns"),
    [(20, 16, True), (16, 22, True), (65, 7, True), (65, 20, False), (16, 7, False)],
)
def test_planar_to_finfet_is_said(source: float, target: float, warns: bool) -> None:
    """A step between planar (20 nm and up) and FinFET (16 nm and down) carries a warning."""
    assert ("FinFET" in notes(Technology(source), Technology(target))) == warns


@pytest.mark.parametrize(
    ("source", "target", "warns"),
    [("hp", "lp", True), ("lp", "hp", True), ("hp", "hp", False), ("bulk", "lp", False)],
)
def test_mixed_flavours_are_said(source: str, target: str, warns: bool) -> None:
    """HP on one side and LP on the other carries a warning."""
    points = Technology(45, flavor=source), Technology(32, flavor=target)
    assert ("mixes" in notes(*points)) == warns


def test_inputs_without_effect_are_said() -> None:
    """What a user gave and the rule does not use is named, where the rule tells what it uses."""
    points = Technology(45, 1.0, "hp"), Technology(65, 1.0)
    said = carry(NoScaling(), *points, given=["vdd", "flavor"]).notes
    assert "given without effect: vdd and flavor, which none does not use" in said
    assert "without effect" not in notes(*points, "vdd", "flavor")
    assert not any("without effect" in note for note in carry(NoScaling(), *points).notes)


def test_a_held_clock_leaves_time_and_moves_power_with_energy() -> None:
    """Held, time is 1 and power is energy, whatever the rule; a note says so."""
    factors = carry(Linear(), Technology(45), Technology(90), clock="hold")
    assert (factors.time, factors.energy, factors.power) == (1.0, 4.0, 4.0)
    assert any("clock is held" in note for note in factors.notes)
    assert "said by the rule" in factors.notes


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: 1 / 0, "the rule failed: ZeroDivisionError"),
        (lambda: None, "returned 'NoneType', not ScalingFactors"),
        (lambda: ScalingFactors(0.0, 1.0), "not positive and finite"),
        (lambda: ScalingFactors(1e-300, 1e300), "power factor inf is not positive and finite"),
        (lambda: ScalingFactors(float("nan"), 1.0), "not positive and finite"),
    ],
)
def test_a_rule_that_fails_is_an_error_and_no_crash(act: Any, message: str) -> None:
    """Whatever a foreign rule does, a ScalingError comes of it, never a number or a traceback."""
    with pytest.raises(ScalingError, match=message):
        carry(Faulty(act), Technology(45), Technology(65))
