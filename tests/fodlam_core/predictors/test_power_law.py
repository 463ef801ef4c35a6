"""The cost per MAC as a power of the output width."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fodlam_core import Measurement
from fodlam_core.predictors.power_law import PowerLaw


def test_power_law_recovers_its_exponent(row: Callable[..., Measurement]) -> None:
    """Costs per MAC that follow a power of the width are predicted exactly in between."""
    rows = [
        row(width, 3, row(width, 3, 1.0).layer.macs * 1e-9 * width**1.5) for width in (8, 16, 64)
    ]
    layer = row(32, 3, 1.0).layer
    assert PowerLaw().fit(rows).predict(layer).latency_s == pytest.approx(
        layer.macs * 1e-9 * 32**1.5
    )


def test_power_law_says_when_it_has_no_slope(rows: tuple[Measurement, ...]) -> None:
    """One output width alone leaves the exponent open, which is said."""
    assert "not identified" in PowerLaw().fit(rows[:1]).notes[0]
    assert PowerLaw().fit(rows).notes == ()
