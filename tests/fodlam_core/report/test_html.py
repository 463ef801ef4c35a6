"""Documents as HTML."""

from __future__ import annotations

from fodlam_core.report.document import Bullets, Document, Text, table
from fodlam_core.report.html import html

DOCUMENT = Document(
    "A <title>",
    [
        Text("Look [here]", warning=True),
        table(("name", "latency"), [("a|b", "1 ms"), ("c", "20 ms")], "latency"),
        Bullets("Notes", ["first", "second"]),
    ],
)


def test_html() -> None:
    """As HTML, everything is escaped."""
    page = html(DOCUMENT)

    assert "<h4>A &lt;title&gt;</h4>" in page
    assert '<td style="text-align:right">20 ms</td>' in page
