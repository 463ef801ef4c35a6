"""Dennard scaling: when it warns."""

from __future__ import annotations

import pytest

from fodlam_core import Technology
from fodlam_core.scaling.dennard import Dennard


@pytest.mark.parametrize(
    ("source", "target", "warns"),
    [(45, 65, True), (180, 65, True), (89.9, 180, True), (180, 90, False), (65, 65, False)],
)
def test_it_warns_below_90_nm(source: float, target: float, warns: bool) -> None:
    """A note says that the rule is not accurate where either node lies below 90 nm."""
    notes = Dennard().factors(Technology(source), Technology(target)).notes
    assert bool(notes) == warns
