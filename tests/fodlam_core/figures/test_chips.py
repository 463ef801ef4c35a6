"""Chips side by side."""

from __future__ import annotations

import pytest

from fodlam_core import Registry, load_config
from fodlam_core.analyses.choices import variants
from fodlam_core.analyses.comparison import compare, compared_network
from fodlam_core.analyses.ranking import Ranking, rank
from fodlam_core.figures.canvas import drawn
from fodlam_core.figures.chips import comparison, ranking


def test_comparison(examples, registry: Registry) -> None:
    """Each choice that can be met has its name and its costs."""
    config = load_config(examples / "alexnet.toml", registry)
    network = compared_network(config, registry)
    chosen = variants(config, network, registry, {"scaler": ["dennard", "post-dennard"]})
    found = compare(config, chosen, registry)
    latency, energy = comparison(found)

    assert ["dennard", "post-dennard"] == [text.get_text() for text in latency.get_yticklabels()]
    assert [each.estimate.totals["total"].energy_j for each in found.outcomes] == pytest.approx(
        [bar.get_x() + bar.get_width() for bar in energy.patches[1::2]]
    )
    names = [text.get_text() for text in latency.figure.legends[0].texts]
    assert ["eyeriss", "eie"] == names


def test_what_runs(examples, registry: Registry) -> None:
    """A choice of an accelerator is named after what runs, and shown once."""
    config = load_config(examples / "alexnet.toml", registry)
    network = compared_network(config, registry)
    chosen = variants(config, network, registry, {"accelerator": ["eyeriss", "eie"]})
    latency = comparison(compare(config, chosen, registry))[0]

    assert ["eyeriss + eie"] == [text.get_text() for text in latency.get_yticklabels()]


def test_ranking(registry: Registry, examples) -> None:
    """Each ranked chip has a bar; without any chip there is still a figure."""
    config = load_config(
        examples / "alexnet.toml", registry, ["network.layers=['CONV1','CONV2','CONV3']"]
    )
    found = rank(config, registry, ["eyeriss", "eie"])
    latency = ranking(found)[0]

    assert [each.name for each in found.ranked] == [
        text.get_text().removesuffix(" (!)") for text in latency.get_yticklabels()
    ]
    empty = Ranking(found.network, 1, "latency", (), ())
    assert drawn(ranking(empty)[0], "png")
