"""Documents as HTML, for notebooks."""

from __future__ import annotations

from html import escape as escape_html
from typing import TYPE_CHECKING

from fodlam_core.report.document import Bullets, Document, Table, Text
from fodlam_core.report.escapes import visible

if TYPE_CHECKING:
    from collections.abc import Iterable


def html(document: Document) -> str:
    """Render a document."""
    return f"<h4>{escape(document.title)}</h4>" + "".join(map(_block, document.blocks))


def escape(text: str) -> str:
    """Return text that a browser shows as it is."""
    return escape_html(visible(text, keep="\n"))


def _block(block: Text | Table | Bullets) -> str:
    if isinstance(block, Text):
        text = escape(block.text)
        return f"<p>{f'<strong>{text}</strong>' if block.warning else text}</p>"
    if isinstance(block, Bullets):
        items = "".join(f"<li>{escape(item)}</li>" for item in block.items)
        return f"<p>{escape(block.title)}:</p><ul>{items}</ul>"
    styles = ["right" if name in block.numeric else "left" for name in block.header]
    body = "".join(_row(row, "td", styles) for row in block.rows)
    return f"<table><thead>{_row(block.header, 'th', styles)}</thead><tbody>{body}</tbody></table>"


def _row(cells: Iterable[str], tag: str, styles: list[str]) -> str:
    return (
        "<tr>"
        + "".join(
            f'<{tag} style="text-align:{style}">{escape(cell)}</{tag}>'
            for cell, style in zip(cells, styles, strict=True)
        )
        + "</tr>"
    )
