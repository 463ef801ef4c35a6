"""``fodlam-core rank``."""

from __future__ import annotations

import json
from typing import Any


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
