"""Text of strangers is harmless wherever it is rendered."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.report.document import Bullets, Document, Text, table
from fodlam_core.report.escapes import message_line
from fodlam_core.report.html import html
from fodlam_core.report.markdown import markdown
from fodlam_core.report.messages import say
from fodlam_core.report.report import as_csv
from fodlam_core.report.terminal import text

EVIL = "a\x1b]0;owned\x07\r\N{RIGHT-TO-LEFT OVERRIDE}\x9b31m\u2028<script>alert(1)</script>"


@pytest.mark.parametrize("color", [True, False])
def test_documents_hold_no_control_characters(*, color: bool) -> None:
    """Titles, paragraphs, lists and cells are escaped on the terminal, in Markdown and HTML."""
    document = Document(EVIL, [Text(EVIL), Bullets(EVIL, [EVIL]), table([EVIL], [[EVIL]])])

    for shown in (text([document], color=color, width=400), markdown([document]), html(document)):
        for letter in "\x07\r\x9b\u2028\N{RIGHT-TO-LEFT OVERRIDE}":
            assert letter not in shown
        assert "\x1b]" not in shown
        assert r"\x1b]0;owned\x07" in shown
    assert "<script" not in markdown([document]) + html(document)


@given(text=st.text(max_size=300))
def test_messages_are_one_line(text: str) -> None:
    """A message cannot forge another line, nor anything that a terminal acts on."""
    assert message_line(text).isascii() or 1 == len(message_line(text).splitlines() or [""])
    assert not set(message_line(text)) & {chr(code) for code in (*range(32), *range(127, 160))}


def test_quoted_input_is_short() -> None:
    """What was quoted in a message, as every message quotes it, takes 200 characters at most."""
    line = message_line(f"[sweep] where: {'x' * 9000!r}: is wrong")
    assert len(line) < 230
    assert line.endswith("...': is wrong")


@given(text=st.text(st.sampled_from("=+-@\t\r\n\"',1a"), max_size=6))
def test_cells_are_no_formulas(text: str) -> None:
    """Whatever the text, a spreadsheet finds no formula, and one line for each row."""
    [cells] = list(csv.reader(io.StringIO(as_csv([{"a": text}]))))[1:] or [[""]]
    plain = cells[0] if cells else ""
    assert plain[:1] not in tuple("=@\t\r") or not plain
    assert 2 == len(as_csv([{"a": text}]).splitlines())


def test_closed_stderr_is_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that nobody can read stops nothing."""
    monkeypatch.setattr("sys.stderr", None)
    say("hello")
