"""``fodlam-core rank``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def test_json_has_a_row_for_each_chip(cli: Any) -> None:
    """Rows have name, interval and coverage, the ranked ones first."""
    done = cli("rank", "ResNet-18", "--on", "eie,eyeriss", "-f", "json")
    rows = json.loads(done.out)["rows"]

    assert ["eyeriss", "eie"] == [row["name"] for row in rows]
    assert [1, None] == [row["rank"] for row in rows]
    assert {"interval", "coverage", "verdict"} <= set(rows[0])


def test_the_table_says_what_is_not_ranked(cli: Any) -> None:
    """Chips that model too little stand below, with their share."""
    shown = cli("rank", "ResNet-18").out

    assert "Not ranked:" in shown
    assert "eie: latency of <0.1 % of the MACs is known" in shown


def test_an_unknown_kind_of_device_is_an_error(cli: Any) -> None:
    """Without the library no chip says what kind it is, and the error says so."""
    done = cli("rank", "ResNet-18", "--device", "phones")

    assert (1, "") == (done.status, done.out)
    assert "unknown kind of device 'phones'; no chip here says what kind it is" in done.err


def test_an_unknown_chip_is_an_error(cli: Any) -> None:
    """A pattern that no chip answers to is an error with exit status 1."""
    done = cli("rank", "VGG16", "--on", "nothing-*")

    assert (1, "") == (done.status, done.out)
    assert "nothing-*" in done.err


def test_the_rule_of_a_node_is_named(cli: Any) -> None:
    """A ranking at a node says by which rule, named or not; as measured it says nothing."""
    ask = ("rank", "ResNet-18", "--on", "eyeriss")

    assert "by latency; at 28 nm by post-dennard" in cli(*ask, "--node", "28").out
    assert "by dennard" in cli(*ask, "--node", "28", "--scaler", "dennard").out
    assert cli(*ask).out.splitlines()[0].endswith("by latency")


def test_a_figure_of_nothing_is_an_error(cli: Any, tmp_path: Path) -> None:
    """Where no chip is ranked the reasons are told, nothing is drawn, and the status is 1."""
    figure = tmp_path / "none.png"
    done = cli("rank", "NeuralTalk", "--on", "eyeriss", "--plot", figure)

    assert done.status == 1
    assert "eyeriss: serves conv" in done.out
    assert "no chip is ranked, and there is nothing to draw" in done.err
    assert not figure.exists()


def test_an_unknown_point_is_an_error(cli: Any) -> None:
    """A point that a chip does not have is a mistake, and no row of a ranking."""
    done = cli("rank", "VGG16", "--on", "eyeriss/2V")

    assert (done.status, done.out) == (1, "")
    assert "unknown point of eyeriss '2V'; there are: 0.82V, 0.92V, 1.0V, 1.17V" in done.err
