"""What two results do not share, as a person reads it."""

from __future__ import annotations

from fodlam_core.analyses.diff import Differences, InputDifference, NumberDifference
from fodlam_core.analyses.diff_table import difference_blocks
from fodlam_core.report.document import Table, Text

INPUT = InputDifference("network.batch", 1, None)
NUMBER = NumberDifference("total", "conv", "dram_energy_j", 1.0, 2.0, 2.0, ("network.batch",))


def test_nothing_differs() -> None:
    """Two equal results are one sentence."""
    assert (Text("no input and no number differs"),) == difference_blocks(Differences((), ()))


def test_inputs_and_numbers_have_a_table_each() -> None:
    """Values have their units, a total its kind, and what is not set is a hyphen."""
    inputs, numbers = difference_blocks(Differences((INPUT,), (NUMBER,)))

    assert isinstance(inputs, Table)
    assert isinstance(numbers, Table)
    assert (("network.batch", "1", "-"),) == inputs.rows
    expected = ("total conv", "DRAM energy", "1 J", "2 J", "2", "network.batch")
    assert (expected,) == numbers.rows


def test_one_of_both_is_missing() -> None:
    """Where only inputs differ, or only numbers, the other half says so."""
    assert Text("no number differs") == difference_blocks(Differences((INPUT,), ()))[1]
    assert Text("no input differs") == difference_blocks(Differences((), (NUMBER,)))[0]
