"""Libraries that extras bring."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fodlam_core import FodlamError, NetworkError
from fodlam_core.libraries import need


def test_a_library_or_the_line_that_installs_it() -> None:
    """What is installed is imported; for anything else the command is told."""
    assert json is need("json", "a sweep", "sweep")
    with pytest.raises(NetworkError, match=r"^X needs nope; run: pip install 'fodlam-core\[x\]'$"):
        need("nope.inside", "X", "x", NetworkError)
    with pytest.raises(FodlamError, match="^X needs nope; run: pip install nope$"):
        need("nope", "X")


def test_a_library_that_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is installed and cannot be imported, the reason is told, and no command."""
    (tmp_path / "broken_library.py").write_text("raise ImportError('built for another Python')\n")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(FodlamError, match="cannot be imported: built for another Python$"):
        need("broken_library", "X", "x")
