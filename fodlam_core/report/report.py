"""One result in the formats that every command offers: table, json, csv, markdown, latex."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fodlam_core.errors import FodlamError
from fodlam_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from fodlam_core.report.document import Document
    from fodlam_core.report.page import Extras

# What is written holds nothing that holds it in turn: looking for that takes a tenth of the time.
in_one_line = json.JSONEncoder(allow_nan=False, check_circular=False).encode
FORMATS = ("table", "json", "csv", "markdown", "latex")


class Encoded(tuple[str, ...]):
    """JSON in pieces, which an entry of a list may be where many have a piece in common."""

    __slots__ = ()


class Report(NamedTuple):
    """What a command has to say; each form is made only if it is asked for.

    Attributes:
        documents: for a person.
        data: for a program, as JSON has it.
        rows: flat rows for a CSV file; all have the same keys.
        extras: what a page in HTML has besides; None if there is no page.
    """

    documents: Callable[[], list[Document]]
    data: Callable[[], Any]
    rows: Callable[[], list[dict[str, Any]]]
    extras: Callable[[], Extras] | None = None

    def pieces(self, format: str, *, color: bool = False, width: int = 100) -> list[str]:
        """Return what `render` does, JSON in pieces: that of a large result fills memory once."""
        if format == "json":
            return [*_lines(self.data()), "\n"]
        return [self.render(format, color=color, width=width)]

    def render(self, format: str, *, color: bool = False, width: int = 100) -> str:
        """Return the report in one of `FORMATS`, or as an HTML page.

        Raises:
            FodlamError: if there is no page.
        """
        if format == "json":
            return as_json(self.data())
        if format == "csv":
            return as_csv(self.rows())
        if format == "markdown":
            from fodlam_core.report.markdown import markdown

            return markdown(self.documents())
        if format == "html":
            if self.extras is None:
                raise FodlamError("this result has no HTML page; write another format")
            from fodlam_core.report.page import page

            return page(self.documents(), self.extras())
        if format == "latex":
            from fodlam_core.report.latex import latex

            return latex(self.documents())
        from fodlam_core.report.terminal import text

        return text(self.documents(), color=color, width=width)


def as_json(data: Any) -> str:
    """Return data as JSON, which has no NaN and no infinity, a line for each entry.

    Entries of entries have lines of their own as well, but what is deeper shares one: it stays
    readable, and takes the encoder a tenth of the time.

    >>> print(as_json({"totals": {"conv": {"latency_s": 1.5}}, "layers": [{"name": "CONV1"}]}))
    {
      "totals": {
        "conv": {"latency_s": 1.5}
      },
      "layers": [
        {"name": "CONV1"}
      ]
    }
    <BLANKLINE>
    """
    return "".join(_lines(data)) + "\n"


def _lines(data: Any) -> Iterator[str]:
    deep = 3 if isinstance(data, list) and data and "layers" in data[0] else 2
    return _pieces(data, deep, "")


def _pieces(data: Any, deep: int, margin: str) -> Iterator[str]:
    """Yield JSON entry by entry; what makes a list one by one may stand for the list."""
    if isinstance(data, Encoded):
        yield from data
        return
    one_by_one = isinstance(data, Iterator)
    if not one_by_one and not (deep and data and isinstance(data, dict | list)):
        yield in_one_line(data)
        return
    inner = margin + "  "
    left, right = "{}" if isinstance(data, dict) else "[]"
    before = f"{left}\n{inner}"
    for each in data:
        if isinstance(data, dict):
            yield f"{before}{in_one_line(each)}: "
            yield from _pieces(data[each], deep - 1, inner)
        else:
            yield before
            yield from _pieces(each, deep - 1, inner)
        before = f",\n{inner}"
    yield f"\n{margin}{right}" if before.startswith(",") else left + right


def as_csv(rows: list[dict[str, Any]]) -> str:
    """Return rows as CSV with a header; None is an empty cell, and no cell is a formula."""
    import csv
    from io import StringIO

    from fodlam_core.report.escapes import csv_cell

    file = StringIO()
    writer = csv.DictWriter(file, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: csv_cell(value) for key, value in row.items()} for row in rows)
    return file.getvalue()
