"""Messages on standard error."""

from __future__ import annotations

import io
import sys

import pytest

from fodlam_core.report.messages import say


def test_a_message_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is in a text, it stays one line behind what stands before it."""
    say("a\nb\x1b[31m", before="error: ")

    err = capsys.readouterr().err
    assert err.startswith("error: a")
    assert 1 == err.count("\n")
    assert "\x1b" not in err


def test_without_standard_error_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no standard error, a message is lost and no command stops."""
    monkeypatch.setattr(sys, "stderr", None)
    say("x")


def test_an_encoding_that_lacks_a_character(monkeypatch: pytest.MonkeyPatch) -> None:
    """A character that standard error cannot hold is escaped."""
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stderr", file)

    say("\N{GREEK SMALL LETTER MU}s")

    file.flush()
    assert b"\\u03bcs\n" == file.buffer.getvalue()
