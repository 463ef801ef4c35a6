"""``run --explain``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def test_every_form_has_every_step(cli: Any, examples: Path) -> None:
    """JSON and CSV have the steps of the layer that is asked for."""
    run = "run", examples / "vgg16.toml", "--explain", "fc6"

    record = json.loads(cli(*run, "-f", "json").out)
    rows = cli(*run, "-f", "csv").out.splitlines()

    assert "FC6" in json.dumps(record)
    assert len(rows) > 2


def test_a_layer_that_is_not_there(cli: Any, examples: Path) -> None:
    """A misspelt layer is an error that says which one was meant."""
    done = cli("run", examples / "vgg16.toml", "--explain", "FC66")

    assert 1 == done.status
    assert "FC6" in done.err
