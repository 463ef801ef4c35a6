"""Documents as Markdown."""

from __future__ import annotations

from fodlam_core.report.document import Bullets, Document, Text, table
from fodlam_core.report.markdown import markdown

DOCUMENT = Document(
    "A <title>",
    [
        Text("Look [here]", warning=True),
        table(("name", "latency"), [("a|b", "1 ms"), ("c", "20 ms")], "latency"),
        Bullets("Notes", ["first", "second"]),
    ],
)


def test_markdown() -> None:
    """As Markdown, bars in cells are escaped and numbers align right."""
    lines = markdown([DOCUMENT]).splitlines()

    assert ["## A &lt;title>", "", "**Look [here]**", "", "| name | latency |"] == lines[:5]
    assert ["| --- | ---: |", "| a\\|b | 1 ms |"] == lines[5:7]


def test_broken_title() -> None:
    """A title that is broken into lines is one line of a row."""
    document = Document("A", [table(("a\nb", "c"), [("1", "2")], "c")])

    assert "| a b | c |" in markdown([document])
