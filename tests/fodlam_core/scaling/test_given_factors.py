"""Factors that a configuration gives."""

from __future__ import annotations

import pytest

from fodlam_core.scaling.given_factors import CustomOptions, GivenFactors


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        ({"time": 1.0}, "exactly one of energy and power"),
        ({"time": 1.0, "energy": 1.0, "power": 1.0}, "exactly one of energy and power"),
        ({"time": 0.0, "energy": 1.0}, "not positive"),
        ({"time": 1.0, "energy": -1.0}, "not positive"),
        ({"time": 1.0, "energy": float("inf")}, "not positive and finite"),
        ({"time": 1.0, "energy": 1.0, "area": float("nan")}, "not positive and finite"),
    ],
)
def test_factors_that_make_no_sense_are_refused(factors: dict[str, float], message: str) -> None:
    """Factors have to be positive and finite, with one of energy and power."""
    with pytest.raises(ValueError, match=message):
        GivenFactors(45, 28, **factors)


def test_one_node_cannot_have_factors_to_itself() -> None:
    """From a node to itself the factors are 1 and cannot be given."""
    with pytest.raises(ValueError, match="same node"):
        GivenFactors(45, 45, time=1.0, energy=1.0)


@pytest.mark.parametrize(
    "third",
    [GivenFactors(65, 28, time=0.5, energy=0.25), GivenFactors(45, 65, time=2.0, energy=1.0)],
)
def test_contradictions_are_refused(third: GivenFactors) -> None:
    """A factor that differs from what follows of the others is an error when it is given."""
    with pytest.raises(ValueError, match="follows from the other factors; leave one out"):
        CustomOptions(
            (
                GivenFactors(65, 45, time=0.5, energy=0.5),
                GivenFactors(45, 28, time=0.5, energy=0.5),
                third,
            )
        )


def test_factors_that_agree_may_be_given_twice() -> None:
    """A factor that agrees with what follows of the others is accepted."""
    CustomOptions(
        (
            GivenFactors(65, 45, time=0.5, energy=0.5),
            GivenFactors(45, 28, time=0.5, energy=0.5),
            GivenFactors(65, 28, time=0.25, energy=0.25),
            GivenFactors(45, 65, time=2.0, power=1.0),
        )
    )


def test_the_same_pair_twice_is_refused() -> None:
    """Two different factors for one pair are an error."""
    with pytest.raises(ValueError, match="given twice"):
        CustomOptions(
            (
                GivenFactors(65, 45, time=0.5, energy=0.5),
                GivenFactors(65, 45, time=0.6, energy=0.5),
            )
        )


def test_a_chain_beyond_floating_point_is_refused() -> None:
    """A chain whose product is not a number any more is an error, not a crash."""
    with pytest.raises(ValueError, match="not positive and finite"):
        CustomOptions(
            (
                GivenFactors(65, 45, time=1e-200, energy=1.0),
                GivenFactors(45, 28, time=1e-200, energy=1.0),
            )
        )
