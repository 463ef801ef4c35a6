"""The rule that scales nothing."""

from __future__ import annotations

from fodlam_core import Technology
from fodlam_core.scaling.identity import NoScaling


def test_nothing_changes() -> None:
    """All factors are 1, and a note says so where nodes differ."""
    same = NoScaling().factors(Technology(45), Technology(45, vdd=1.0))
    other = NoScaling().factors(Technology(45), Technology(65))

    assert (1.0, 1.0, 1.0) == (other.time, other.energy, other.area)
    assert () == same.notes
    assert "unchanged" in other.notes[0]
