"""Refusals, each reason told once."""

from __future__ import annotations

from fodlam_core.analyses.comparison import Outcome
from fodlam_core.analyses.refusals import gather_refusals, reasons_in, refusal_lines
from fodlam_core.errors import Problem

ONE = Outcome({"scaler": "a"}, None, (Problem("cannot carry", ("a",)),))
TWO = Outcome({"scaler": "b"}, None, (Problem("cannot carry", ("b",)),))
OTHER = Outcome({"scaler": "c"}, None, (Problem("needs a voltage of the chip and of the target"),))
FINE = Outcome({"scaler": "d"}, None, ())


def test_a_reason_is_told_once() -> None:
    """Reasons that differ in their place alone are one line with both choices."""
    lines = refusal_lines(gather_refusals([ONE, TWO, OTHER]))

    assert 2 == len(lines)
    assert lines[0].startswith("[1] a and b: ")
    assert lines[1].startswith("[2] c: ")


def test_a_reason_fits_the_room() -> None:
    """A reason is shortened to the room there is, and is its number alone where there is none."""
    refusals = gather_refusals([OTHER])

    assert ["[1]", ""] == reasons_in([OTHER, FINE], refusals, 5)
    [short] = reasons_in([OTHER], refusals, 24)
    assert short.startswith("[1] needs a voltage")
    assert len(short) <= 24
