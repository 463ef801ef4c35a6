"""The command ``diff``."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def test_what_changed_what(cli: Any, examples: Path, tmp_path: Path) -> None:
    """It names the input that differs beside the numbers that it changed."""
    saved = tmp_path / "a.json", tmp_path / "b.json"
    for path, node in zip(saved, (65, 28), strict=True):
        given = "--set", f"technology.node_nm={node}", "-f", "json", "-o", path
        assert 0 == cli("run", examples / "vgg16.toml", *given).status

    done = cli("diff", *saved)

    assert (0, "") == (done.status, done.err)
    assert "technology.node_nm" in done.out


def test_nothing_differs(cli: Any, examples: Path, tmp_path: Path) -> None:
    """A result does not differ from itself."""
    path = tmp_path / "a.json"
    cli("run", examples / "vgg16.toml", "-f", "json", "-o", path)

    assert "no input and no number differs" in cli("diff", path, path).out


def test_the_exit_status_says_it_if_asked(cli: Any, examples: Path, tmp_path: Path) -> None:
    """With --exit-code a difference is status 1; without it, and without a difference, 0."""
    saved = tmp_path / "a.json", tmp_path / "b.json"
    for path, batch in zip(saved, (1, 2), strict=True):
        cli("run", "AlexNet", "--batch", batch, "-f", "json", "-o", path)

    assert 0 == cli("diff", *saved).status
    assert 1 == cli("diff", *saved, "--exit-code").status
    assert 0 == cli("diff", saved[0], saved[0], "--exit-code").status
