"""Cross-validation at another node."""

from __future__ import annotations

import pytest

from fodlam_core import Accelerator, Registry, ScalingFactors
from fodlam_core.validation.scaled import scaled_validation
from fodlam_core.validation.scores import Validation, validate


def record(validation: Validation, metric: str) -> dict[str, object]:
    """Return the record of a metric."""
    return next(each for each in validation.records() if each["metric"] == metric)


def test_without_waiting_nothing_changes(chip: Accelerator) -> None:
    """Where no time is spent waiting for memory, errors are the same at every node."""
    [native, *_] = validate([chip])
    there = scaled_validation(native, ScalingFactors(0.4, 0.2))
    for metric in ("latency", "energy", "power"):
        assert record(there, metric)["mape"] == pytest.approx(record(native, metric)["mape"])


def test_waiting_is_held(registry: Registry) -> None:
    """On Eyeriss the error of the share that waits shows: 6 % at 65 nm, over 20 % at 7."""
    eyeriss = registry.accelerator("eyeriss")
    [native, *_] = validate([eyeriss], ["row-stationary-derived"])
    errors = [
        record(scaled_validation(native, ScalingFactors(node / 65, node / 65)), "latency")["mape"]
        for node in (65, 28, 7)
    ]
    assert errors == pytest.approx([0.062, 0.106, 0.223], abs=0.01)
    there = scaled_validation(native, ScalingFactors(7 / 65, 7 / 65))
    assert record(there, "energy")["mape"] == pytest.approx(record(native, "energy")["mape"])
