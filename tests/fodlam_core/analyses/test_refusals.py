"""Refusals, each reason told once."""

from __future__ import annotations

from fodlam_core.analyses.comparison import Outcome
from fodlam_core.analyses.refusals import (
    brief_reasons,
    gather_refusals,
    number_of,
    refusal_lines,
)

ONE = Outcome({"scaler": "a"}, None, "a cannot carry eie", "cannot carry")
TWO = Outcome({"scaler": "b"}, None, "b cannot carry eie", "cannot carry")
OTHER = Outcome({"scaler": "c"}, None, "needs a voltage", "needs a voltage")


def test_a_reason_is_told_once() -> None:
    """Reasons that differ in the chosen name alone are one."""
    refusals = gather_refusals([ONE, TWO, OTHER])

    assert ["[1] a and b: NAME cannot carry eie", "[2] c: needs a voltage"] == refusal_lines(
        refusals
    )
    assert ["[1]", "[1]", "[2]"] == [number_of(each, refusals) for each in (ONE, TWO, OTHER)]


def test_a_reason_fits_the_room() -> None:
    """A reason is shortened to the room there is, and is its number alone where there is none."""
    refusals = gather_refusals([OTHER])

    assert {"[1]": "[1] needs a voltage"} == brief_reasons(refusals, 40)
    assert {"[1]": "[1]"} == brief_reasons(refusals, 3)
