"""``fodlam-core schema``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def test_it_is_printed_or_written(cli: Any, tmp_path: Path) -> None:
    """By default that of a result of run; -o writes it to a file."""
    path = tmp_path / "schema.json"

    printed, written = cli("schema"), cli("schema", "run", "-o", path)

    assert (0, 0, "") == (printed.status, written.status, written.out)
    schema = json.loads(printed.out)
    assert schema == json.loads(path.read_text(encoding="utf-8"))
    assert "fodlam-core run --format json" == schema["title"]


def test_that_of_an_action(cli: Any) -> None:
    """An action is given as on the command line; list prints what the command itself does."""
    shown, listed = cli("schema", "networks", "show"), cli("schema", "networks", "list")

    assert "fodlam-core networks show --format json" == json.loads(shown.out)["title"]
    assert json.loads(listed.out) == json.loads(cli("schema", "networks").out)


def test_an_unknown_command(cli: Any) -> None:
    """A command that prints no JSON is an error."""
    done = cli("schema", "measure")

    assert (1, "") == (done.status, done.out)
    assert "unknown command with JSON 'measure'" in done.err
