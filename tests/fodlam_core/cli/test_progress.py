"""Progress on standard error."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from fodlam_core.cli import progress


def test_lines_of_progress(capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    """Where there is no terminal, a line tells now and then how far it is and how fast."""
    clock = iter([0.0, 1.0, 11.0, 12.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))

    with progress.progress(quiet=False) as watch:
        watch(0, 4000)
        watch(2200, 4000)
        watch(3000, 4000)

    assert "2,200 of 4,000 points, 200 points/s\n" == capsys.readouterr().err


def test_a_line_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """A job whose first step may take long says at once how much there is to do."""
    with progress.progress(quiet=False, at_once=True) as watch:
        watch(3, 40)
        watch(4, 40)

    assert "3 of 40 points\n" == capsys.readouterr().err


def test_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal a bar tells the rate and the time that is left."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")

    with progress.progress(quiet=False) as watch:
        watch(0, 4000)
        watch(1000, 4000)

    assert "1000/4000" in capsys.readouterr().err
