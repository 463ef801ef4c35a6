"""The geometric mean of the costs per MAC."""

from __future__ import annotations

import math

import pytest

from fodlam_core import Measurement
from fodlam_core.predictors.geometric_mean import PerMacGeometricMean


def test_geometric_mean_counts_every_layer_once(rows: tuple[Measurement, ...]) -> None:
    """The geometric mean of the costs per MAC does not depend on how large the layers are."""
    fitted = PerMacGeometricMean().fit(rows)
    expected = math.prod(row.cost.latency_s / row.layer.macs for row in rows) ** (1 / 3)
    assert fitted.cost_per_mac.latency_s == pytest.approx(expected)
