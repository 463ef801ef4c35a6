"""The cost of each layer, as bars."""

from __future__ import annotations

import pytest

from fodlam_core import Registry, estimate
from fodlam_core.figures.canvas import drawn
from fodlam_core.figures.layers import MOST_BARS, layers


def test_bars_are_the_costs(examples, registry: Registry) -> None:
    """Each layer has a bar as long as its cost, in latency and in energy."""
    result = estimate(examples / "alexnet.toml", registry)
    latency, energy = layers(result)

    assert [each.latency_s for each in result.layers] == pytest.approx(
        [bar.get_width() for bar in latency.patches]
    )
    assert [each.energy_j for each in result.layers] == pytest.approx(
        [bar.get_width() for bar in energy.patches]
    )
    assert "latency (ms)" == latency.get_xlabel()
    assert b"Eyeriss" in drawn(latency, "svg")


def test_many_layers(examples, registry: Registry) -> None:
    """Of many layers the cheapest share a bar, and nothing is lost."""
    result = estimate(examples / "resnet-50-per-image.toml", registry)
    latency, _ = layers(result)

    assert MOST_BARS == len(latency.patches)
    assert result.totals["total"].latency_s == pytest.approx(
        sum(bar.get_width() for bar in latency.patches)
    )
