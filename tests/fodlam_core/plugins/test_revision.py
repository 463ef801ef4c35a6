"""The git revision of an editable install."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from fodlam_core.plugins import revision as module
from fodlam_core.plugins.revision import revision, with_revisions

GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start with nothing cached, and with a git that knows no other repository or settings."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    revision.cache_clear()
    yield
    revision.cache_clear()


def installed(monkeypatch: pytest.MonkeyPatch, text: str | None) -> None:
    """Let every distribution say so much of where it came from."""
    found = SimpleNamespace(read_text=lambda name: text)
    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: found)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_checkout_has_its_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is that of the last commit; files that are not as committed are told."""
    (tmp_path / "pyproject.toml").write_text("1", encoding="utf-8")
    for command in (("init", "-q"), ("add", "pyproject.toml"), ("commit", "-qm", "a")):
        subprocess.run((*GIT, *command), cwd=tmp_path, check=True)
    head = subprocess.run(
        (*GIT, "rev-parse", "HEAD"), cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout
    url = {"url": tmp_path.as_uri(), "dir_info": {"editable": True}}
    installed(monkeypatch, json.dumps(url))

    assert {"mine": f"1.0+git.{head[:12]}"} == with_revisions({"mine": "1.0"})
    (tmp_path / "pyproject.toml").write_text("2", encoding="utf-8")
    revision.cache_clear()
    assert {"mine": f"1.0+x.git.{head[:12]}.dirty"} == with_revisions({"mine": "1.0+x"})


@pytest.mark.parametrize(
    "text",
    [
        None,
        "not JSON",
        "[]",
        '{"url": "https://example.org", "vcs_info": {"vcs": "git"}}',
        '{"url": "file:///nowhere/at/all", "dir_info": {"editable": true}}',
        '{"dir_info": {"editable": true}}',
    ],
)
def test_any_other_install_has_none(text: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel, a checkout that is not editable, and what makes no sense have their version only."""
    installed(monkeypatch, text)

    assert {"mine": "1.0"} == with_revisions({"mine": "1.0"})


def test_without_git_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where git is not installed the version stands alone."""
    url = {"url": tmp_path.as_uri(), "dir_info": {"editable": True}}
    installed(monkeypatch, json.dumps(url))
    monkeypatch.setattr(module, "GIT", "no-such-program")

    assert revision("mine") is None


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_repository_above_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that the repository around it does not hold has no revision."""
    (tmp_path / "a").write_text("1", encoding="utf-8")
    for command in (("init", "-q"), ("add", "a"), ("commit", "-qm", "a")):
        subprocess.run((*GIT, *command), cwd=tmp_path, check=True)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "pyproject.toml").write_text("", encoding="utf-8")
    url = {"url": mine.as_uri(), "dir_info": {"editable": True}}
    installed(monkeypatch, json.dumps(url))

    assert revision("mine") is None
