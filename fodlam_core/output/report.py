"""One result in the formats that every command offers: table, json, csv, markdown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from fodlam_core.documents import Document

FORMATS = ("table", "json", "csv", "markdown")


class Report(NamedTuple):
    """What a command has to say; each form is made only if it is asked for.

    Attributes:
        documents: for a person.
        data: for a program, as JSON has it.
        rows: flat rows for a CSV file; all have the same keys.
    """

    documents: Callable[[], list[Document]]
    data: Callable[[], Any]
    rows: Callable[[], list[dict[str, Any]]]

    def render(self, format: str, color: bool = False, width: int = 100) -> str:
        """Return the report in one of `FORMATS`."""
        if format == "json":
            return as_json(self.data())
        if format == "csv":
            return as_csv(self.rows())
        if format == "markdown":
            from fodlam_core.documents.markdown import markdown

            return markdown(self.documents())
        from fodlam_core.documents.text import text

        return text(self.documents(), color, width)


def as_json(data: Any, sort_keys: bool = False) -> str:
    """Return data as indented JSON, which has no NaN and no infinity."""
    return json.dumps(data, indent=2, allow_nan=False, sort_keys=sort_keys) + "\n"


def as_csv(rows: list[dict[str, Any]]) -> str:
    """Return rows as CSV with a header; None is an empty cell."""
    import csv
    from io import StringIO

    file = StringIO()
    writer = csv.DictWriter(file, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()
