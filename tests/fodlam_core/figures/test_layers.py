"""The cost of each layer, as bars."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core import Registry, estimate
from fodlam_core.figures.canvas import drawn
from fodlam_core.figures.layers import MOST_BARS, layers
from fodlam_core.model.quantities import Amounts


def test_bars_are_the_costs(examples, registry: Registry) -> None:
    """Each layer has a bar as long as its cost, in latency and in energy."""
    result = estimate(examples / "alexnet.toml", registry)
    latency, energy = layers(result)

    assert [each.latency_s for each in result.layers] == pytest.approx(
        [bar.get_width() for bar in latency.patches if bar.get_x() == 0]
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

    bars = [bar for bar in latency.patches if bar.get_x() == 0]
    assert MOST_BARS == len(bars)
    assert result.totals["total"].latency_s == pytest.approx(sum(bar.get_width() for bar in bars))


def test_waiting_for_memory(examples, registry: Registry) -> None:
    """The lighter part of a bar is the published DRAM time, at the end of the latency."""
    result = estimate(examples / "alexnet.toml", registry)
    latency, _ = layers(result)
    waiting = [bar for bar in latency.patches if bar.get_x() > 0]

    assert [each.native.offchip_latency_s for each in result.layers[:5]] == pytest.approx(
        [bar.get_width() for bar in waiting]
    )
    assert [each.latency_s for each in result.layers[:5]] == pytest.approx(
        [bar.get_x() + bar.get_width() for bar in waiting]
    )


def test_what_is_not_known_is_not_nothing(examples, registry: Registry) -> None:
    """Without any energy there is one panel; a bar of several layers sums up what is known."""
    result = estimate(examples / "resnet-50-per-image.toml", registry)
    blank = [
        each._replace(basis=each.basis and each.basis._replace(amounts=Amounts(1.0)))
        for each in result.layers
    ]
    assert 1 == len(layers(result._replace(layers=tuple(blank))))


def test_short_bars_tell_their_cost(examples, registry: Registry) -> None:
    """A bar too short to be seen has its cost beside it."""
    latency, _ = layers(estimate(examples / "alexnet.toml", registry))
    assert "43.8 us" in [text.get_text().strip() for text in latency.texts]


def test_blocks_of_a_transformer_share_bars(tmp_path: Path, registry: Registry) -> None:
    """Layers of equal name have one bar, with how often they run, as long as all their costs."""
    path = tmp_path / "gpt.toml"
    path.write_text('[network]\nname = "GPT-2"\ncontext = 64\n', encoding="utf-8")
    result = estimate(path, registry)
    latency, _ = layers(result)

    names = [text.get_text() for text in latency.get_yticklabels()]
    assert "decode/blocks/qkv x12" in names
    assert len(names) == len(set(names)) < 12
    assert result.totals["total"].latency_s == pytest.approx(
        sum(bar.get_width() for bar in latency.patches)
    )
