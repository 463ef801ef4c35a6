"""The command ``cite``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def test_bibtex(cli: Any, examples: Path) -> None:
    """It prints an entry for each publication that the result rests on."""
    done = cli("cite", examples / "vgg16.toml")

    assert (0, "") == (done.status, done.err)
    assert done.out.startswith("@")
    for key in ("chen2017eyeriss", "han2016eie", "dennard1974design"):
        assert 1 == done.out.count(f"{{{key},")


def test_json_and_text(cli: Any, examples: Path) -> None:
    """Every format has the same publications."""
    records = json.loads(cli("cite", examples / "vgg16.toml", "-f", "json").out)
    lines = cli("cite", examples / "vgg16.toml", "-f", "text").out.splitlines()

    assert [f"[{each['key']}]" for each in records] == [line.split()[0] for line in lines]
