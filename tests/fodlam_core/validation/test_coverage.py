"""Nested coverage: intervals that have not seen a layer, against what was measured."""

from __future__ import annotations

import pytest

from fodlam_core import Registry
from fodlam_core.validation.coverage import Covered, coverage
from fodlam_core.validation.folds import SCHEMES, folds
from fodlam_eyeriss.row_stationary import DerivedRowStationary


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nested_coverage_on_eyeriss(scheme: str, registry: Registry) -> None:
    """By networks, blocks and layers, 90 % intervals hold at least 16 of the 18 layers."""
    rows = registry.accelerator("eyeriss").calibration("conv")
    found = coverage(DerivedRowStationary(), folds(scheme, rows))
    assert found["latency"].judged == found["energy"].judged == 18
    assert found["latency"].inside >= 16
    assert found["energy"].inside >= 16


@pytest.mark.parametrize("scale", [2.0, 0.5])
def test_planted_miscalibration_is_found(scale: float, registry: Registry) -> None:
    """Predictions that are off by a factor of two leave the intervals in most layers."""
    rows = registry.accelerator("eyeriss").calibration("conv")
    held = folds("leave-one-network-out", rows)
    right = coverage(DerivedRowStationary(), held)["latency"]
    wrong = coverage(DerivedRowStationary(), held, scale=scale)["latency"]
    assert wrong.inside < 9 <= right.inside


def test_nothing_judged_has_no_share() -> None:
    """Where nothing has an interval the coverage is not known, rather than 0 or 1."""
    assert Covered(0, 0).share is None
    assert Covered(3, 4).share == 0.75
