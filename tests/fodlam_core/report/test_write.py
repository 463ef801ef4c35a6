"""Output files are complete or not there at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fodlam_core import FodlamError
from fodlam_core.report.write import write


def test_replaces_and_keeps_permissions(tmp_path: Path) -> None:
    """A file is replaced with its permissions kept, and nothing else is left behind."""
    path = tmp_path / "a.json"
    path.write_text("old")
    path.chmod(0o640)

    write("new\n", str(path))

    assert ("new\n", 0o640) == (path.read_text(), path.stat().st_mode & 0o777)
    assert [path] == list(tmp_path.iterdir())


def test_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If writing fails halfway, the old file stays and the half-written one goes."""
    path = tmp_path / "a.json"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(FodlamError, match="cannot be written: No space left on device"):
        write("new", str(path))

    assert "old" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


def test_links_and_devices(tmp_path: Path) -> None:
    """A link is followed, not replaced; a device is written to."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)

    write("new", str(link))
    write("new", os.devnull)

    assert link.is_symlink()
    assert "new" == target.read_text()


@pytest.mark.parametrize("name", ["no/such/folder/a.json", "."])
def test_where_nothing_can_be_written(name: str, tmp_path: Path) -> None:
    """A folder that is not there, or a folder instead of a file, is an error."""
    with pytest.raises(FodlamError, match="cannot be written"):
        write("x", str(tmp_path / name))
