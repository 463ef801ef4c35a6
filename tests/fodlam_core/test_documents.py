"""Documents in their three forms."""

from __future__ import annotations

from fodlam_core.documents import Bullets, Document, Text, table
from fodlam_core.documents.html import html
from fodlam_core.documents.markdown import markdown
from fodlam_core.documents.text import text

DOCUMENT = Document(
    "A <title>",
    [
        Text("Mind [this]", warning=True),
        table(("name", "latency"), [("a|b", "1 ms"), ("c", "20 ms")], "latency"),
        Bullets("Notes", ["first", "second"]),
    ],
)


def test_text() -> None:
    """As text, tables align, nothing is taken for markup, and no line ends in blanks."""
    lines = text([DOCUMENT], color=False, width=60).splitlines()

    assert ["A <title>", "Mind [this]", ""] == lines[:3]
    assert "name  latency" == lines[3]
    assert ["a|b      1 ms", "c       20 ms", ""] == lines[5:8]
    assert ["Notes:", " - first", " - second"] == lines[8:]


def test_color_only_if_asked() -> None:
    """Control sequences appear only on a terminal."""
    assert "\x1b" not in text([DOCUMENT], color=False, width=60)
    assert "\x1b" in text([DOCUMENT], color=True, width=60)


def test_markdown() -> None:
    """As Markdown, bars in cells are escaped and numbers align right."""
    lines = markdown([DOCUMENT]).splitlines()

    assert ["## A <title>", "", "**Mind [this]**", "", "| name | latency |"] == lines[:5]
    assert ["| --- | ---: |", "| a\\|b | 1 ms |"] == lines[5:7]


def test_html() -> None:
    """As HTML, everything is escaped."""
    page = html(DOCUMENT)

    assert "<h4>A &lt;title&gt;</h4>" in page
    assert '<td style="text-align:right">20 ms</td>' in page


def test_broken_title() -> None:
    """A title may be broken into lines on a terminal; in Markdown a row stays one line."""
    document = Document("A", [table(("a\nb", "c"), [("1", "2")], "c")])

    assert "| a b | c |" in markdown([document])
    lines = text([document], color=False, width=60).splitlines()
    assert [["a"], ["b", "c"]] == [line.split() for line in lines[1:3]]


def test_narrow_terminals_get_fewer_columns() -> None:
    """On a terminal that is too narrow, columns that can be spared go before names are broken."""
    rows = [("a_rather_long_name", "not needed", "1 ms")]
    block = table(("name", "spare", "latency"), rows, "latency", "spare")

    narrow = text([Document("t", [block])], color=True, width=28)
    piped = text([Document("t", [block])], color=False, width=28)

    assert "a_rather_long_name" in narrow
    assert "not needed" not in narrow
    assert "a_rather_long_name  not needed" in piped
