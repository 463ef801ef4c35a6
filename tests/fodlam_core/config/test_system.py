"""The table ``[system]``."""

from __future__ import annotations

import pytest

from fodlam_core.config.system import system_problems


def test_a_plausible_energy_is_taken() -> None:
    """160 pJ for a byte is fine."""
    assert [] == system_problems({"dram_energy_j_per_byte": 160e-12})


@pytest.mark.parametrize("value", [0, -1.0, float("nan"), float("inf"), True, "x", 160.0])
def test_other_values_are_refused(value: object) -> None:
    """A value that is not a positive number, or that no memory takes, is one mistake."""
    [problem] = system_problems({"dram_energy_j_per_byte": value})

    assert str(problem).startswith("[system] dram_energy_j_per_byte: ")


@pytest.mark.parametrize("table", [{}, 1])
def test_a_table_with_its_key_is_needed(table: object) -> None:
    """An empty table, or something else, is one mistake."""
    assert 1 == len(system_problems(table))
