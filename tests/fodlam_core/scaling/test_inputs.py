"""What a rule needs to know."""

from __future__ import annotations

import pytest

from fodlam_core import MissingInputsError, Technology
from fodlam_core.scaling.inputs import require


def test_everything_missing_is_told_at_once() -> None:
    """Both points are looked at, and every missing field is named."""
    with pytest.raises(MissingInputsError, match="vdd of the source and flavor of the target"):
        require(Technology(45), Technology(65, 1.0), ["vdd"], ["vdd", "flavor"])


def test_what_is_there_suffices() -> None:
    """Points that state what is needed pass."""
    require(Technology(45, 1.0), Technology(65), ["vdd"], [])
