"""A ranking as a person reads it."""

from __future__ import annotations

import attrs
import pytest

from fodlam_core import Config, NetworkConfig, Registry
from fodlam_core.analyses.ranking import Ranking, rank
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.registry import build_registry
from fodlam_core.report.document import Bullets, Document, Table, Text


def shown(ranking: Ranking) -> tuple[Table, str, dict[str, Bullets]]:
    """Return the table, all paragraphs, and the lists by their titles."""
    document = ranking.document()
    assert isinstance(document, Document)
    [table] = [block for block in document.blocks if isinstance(block, Table)]
    texts = " ".join(block.text for block in document.blocks if isinstance(block, Text))
    return table, texts, {b.title: b for b in document.blocks if isinstance(b, Bullets)}


@pytest.fixture(scope="module")
def twins(registry: Registry) -> Registry:
    """The registry with a chip like Eyeriss, and one that only a datasheet describes."""
    eyeriss = registry.accelerator("eyeriss")
    twin = attrs.evolve(eyeriss, name="twin", default_for=())
    sheet = attrs.evolve(twin, name="sheet", provenance="datasheet")
    return build_registry([*registry.plugins, Plugin("m", {"fodlam_accelerators": (twin, sheet)})])


def test_chips_that_are_alike_are_marked(twins: Registry) -> None:
    """Two chips of the same numbers have ~ beside their place, and a sentence says why."""
    table, texts, _ = shown(rank(Config(NetworkConfig("ResNet-18")), twins, ["twin", "eyeriss"]))

    assert ["1 ~", "2 ~"] == [row[0] for row in table.rows]
    assert "~ 2 chips whose intervals of latency overlap with that of the best" in texts


def test_a_single_chip_is_not_marked(registry: Registry) -> None:
    """Nothing has to be told apart where there is one; intervals stand beside the costs."""
    table, texts, _ = shown(rank(Config(NetworkConfig("ResNet-18")), registry, ["eyeriss"]))

    assert "1" == table.rows[0][0]
    assert "~" not in texts
    assert table.rows[0][4].endswith("%")


def test_a_datasheet_is_told(twins: Registry) -> None:
    """What rests on a datasheet alone says so, in its row and below."""
    table, texts, _ = shown(rank(Config(NetworkConfig("ResNet-18")), twins, ["sheet"]))

    assert "datasheet" == table.rows[0][2]
    assert "no measurement supports it" in texts


def test_why_a_chip_is_not_ranked(registry: Registry) -> None:
    """Below stand the shares of what the sort needs, and the doubts of the chip."""
    ranking = rank(Config(NetworkConfig("VGG16")), registry, ["eyeriss", "eie"], "edp")
    _, _, lists = shown(ranking)

    [line] = lists["Not ranked"].items
    assert line.startswith("eie: latency of 0.8 %, energy of 0.8 % of the MACs is known; does not")


def test_no_chip_at_all(registry: Registry) -> None:
    """Where no chip models enough, a warning says so."""
    _, texts, _ = shown(rank(Config(NetworkConfig("VGG16")), registry, ["eie"], "energy"))

    assert "Of no chip energy of 95.0 % of the MACs of VGG16 is known." in texts
