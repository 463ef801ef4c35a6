"""The conformance checks: they pass what is right and catch what is wrong."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from fodlam_core import ScalingError, ScalingFactors, Technology
from fodlam_core.scaling.dennard import Dennard
from fodlam_core.testing import check_scaler, parametrize_with_checks
from fodlam_core.testing.scaler_checks import CHECKS


class Good:
    """A sound rule, to be spoilt."""

    name = "good"

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return time s, energy s^2."""
        s = target.node_nm / source.node_nm
        return ScalingFactors(s, s * s)


class Offset(Good):
    """Does not carry a point to itself by 1, and has no inverse."""

    def factors(self, source, target):
        """Return wrong factors."""
        return ScalingFactors(target.node_nm / source.node_nm + 0.1, 1.0)


class OneWay(Good):
    """Knows the way there and not the way back."""

    def factors(self, source, target):
        """Refuse to grow."""
        if target.node_nm > source.node_nm:
            raise ScalingError("growing is not known")
        return super().factors(source, target)


class Detour(Good):
    """Has inverses, but a detour makes a difference."""

    def factors(self, source, target):
        """Return factors that are not transitive."""
        d = target.node_nm - source.node_nm
        return ScalingFactors(2.0 ** (d**3 / 1e6), 1.0)


class Refuser(Good):
    """Refuses everything."""

    def factors(self, source, target):
        """Refuse."""
        raise ScalingError("no")


class Mute(Refuser):
    """Refuses without a word."""

    def factors(self, source, target):
        """Refuse."""
        raise ScalingError("")


class Crashing(Good):
    """Raises whatever arithmetic raises."""

    def factors(self, source, target):
        """Divide by what may be zero."""
        return ScalingFactors(1.0, 1 / ((target.vdd and 1.0) or 0.0))


class Moody(Good):
    """Answers differently each time."""

    count = 0

    def factors(self, source, target):
        """Return other factors each time."""
        if source == target:
            return ScalingFactors(1.0, 1.0)
        self.count += 1
        return ScalingFactors(1.0, 1.0, notes=(str(self.count),))


class Chatty(Good):
    """Gives its notes as a text."""

    def factors(self, source, target):
        """Return a text for notes."""
        return attrs.evolve(super().factors(source, target), notes="a warning")


class Numbers(Good):
    """Returns something else."""

    def factors(self, source, target):
        """Return a pair."""
        return (1.0, 1.0)


def spoilt(**changes: Any) -> Good:
    """Return the sound rule with attributes changed."""
    rule = Good()
    for name, value in changes.items():
        setattr(rule, name, value)
    return rule


def test_sound_rules_pass() -> None:
    """A sound rule passes, with its optional attributes or without."""
    check_scaler(Good())
    check_scaler(Dennard(), points=[Technology(65), Technology(45), Technology(16)])


@pytest.mark.parametrize(
    ("rule", "check"),
    [
        (Offset(), "check_identity"),
        (Offset(), "check_inverse"),
        (OneWay(), "check_inverse"),
        (Detour(), "check_transitivity"),
        (Refuser(), "check_domain"),
        (Mute(), "check_errors"),
        (Crashing(), "check_errors"),
        (Numbers(), "check_errors"),
        (Moody(), "check_repeatable"),
        (Chatty(), "check_notes"),
        (spoilt(name=""), "check_names"),
        (spoilt(aliases=("good",)), "check_names"),
        (spoilt(uses=("voltage",)), "check_description"),
        (spoilt(uses="vdd"), "check_description"),
        (spoilt(title=3), "check_description"),
        (spoilt(options=int), "check_options"),
        (spoilt(lock=lambda: None), "check_picklable"),
    ],
)
def test_faulty_rules_are_caught(rule: Good, check: str) -> None:
    """Each fault is found, and the failure names rule and check."""
    with pytest.raises(AssertionError, match=f"(?s)scaling rule '{rule.name}' fails .*{check}: "):
        check_scaler(rule)


def test_every_failure_is_told_at_once() -> None:
    """A rule with several faults gets a line for each check that fails."""
    with pytest.raises(AssertionError) as caught:
        check_scaler(Offset())
    assert len(str(caught.value).splitlines()) == 1 + 3


def test_an_expected_failure_passes() -> None:
    """A check that is known to fail, with a reason, does not fail the rule."""
    check_scaler(OneWay(), expected_failed_checks={"check_inverse": "one way only"})


def test_an_expected_failure_that_holds_is_told() -> None:
    """An expectation that is no longer true has to be removed."""
    with pytest.raises(AssertionError, match="check_inverse: passes; remove it from"):
        check_scaler(Good(), expected_failed_checks={"check_inverse": "once"})


def test_expecting_an_unknown_check_is_an_error() -> None:
    """A misspelt check is an error with did-you-mean."""
    with pytest.raises(AssertionError, match="did you mean 'check_inverse'"):
        check_scaler(Good(), expected_failed_checks={"check_invers": "typo"})


@parametrize_with_checks(
    [Good(), OneWay()],
    expected_failed_checks=lambda rule: (
        {"check_inverse": "one way only"} if isinstance(rule, OneWay) else {}
    ),
)
def test_the_mark_makes_a_test_of_each_check(scaler: Any, check: Any) -> None:
    """The pytest mark gives each rule and check to a test, expected failures marked as such."""
    check(scaler)


def test_the_mark_has_every_check() -> None:
    """There are as many parameters as rules times checks, each with a readable id."""

    @parametrize_with_checks([Good(), Dennard()])
    def probe(scaler: Any, check: Any) -> None:
        """Be marked."""

    [mark] = probe.pytestmark
    ids = [parameter.id for parameter in mark.args[1]]
    assert len(ids) == 2 * len(CHECKS)
    assert "dennard-check_transitivity" in ids
