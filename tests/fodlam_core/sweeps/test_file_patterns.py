"""Patterns of files: what glob finds, within limits."""

from __future__ import annotations

import glob
import os
from pathlib import Path

import pytest

from fodlam_core.sweeps import file_patterns
from fodlam_core.sweeps.file_patterns import matching_files


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder of files, folders, a link and hidden names."""
    for name in (
        "a.toml",
        "b.toml",
        "nets/c.toml",
        "nets/deep/d.toml",
        ".h/e.toml",
        "nets/.f.toml",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


@pytest.mark.parametrize(
    "pattern",
    [
        "*.toml",
        "nets/*",
        "**/*.toml",
        "**",
        "nets/**/d.*",
        "[ab].toml",
        "?.toml",
        "nets/c.toml",
        "x",
    ],
)
@pytest.mark.parametrize("absolute", [False, True])
def test_finds_what_glob_finds(tree: Path, pattern: str, absolute: bool) -> None:
    """The files are those of Python's glob."""
    pattern = f"{tree}/{pattern}" if absolute else pattern
    found = glob.glob(pattern, root_dir=tree, recursive=True)

    assert sorted(name for name in found if os.path.isfile(tree / name)) == matching_files(
        pattern, str(tree)
    )


def test_limits(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern that means too much is refused, whether or not anything matches."""
    monkeypatch.setattr(file_patterns, "MOST_LOOKED_AT", 5)
    with pytest.raises(ValueError, match="too many files to look through: over 5"):
        matching_files("**/nothing", str(tree))
    monkeypatch.setattr(file_patterns, "MOST_LOOKED_AT", 100)
    monkeypatch.setattr(file_patterns, "MOST_FILES", 2)
    with pytest.raises(ValueError, match="matches too many files: over 2"):
        matching_files("**/*", str(tree))


def test_links_in_a_circle_end(tree: Path) -> None:
    """A link to a folder above it is not followed."""
    (tree / "nets" / "up").symlink_to(tree)
    assert ["a.toml"] == matching_files("**/a.toml", str(tree))
