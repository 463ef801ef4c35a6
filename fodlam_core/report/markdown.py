"""Documents as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.report.document import Bullets, Document, Table, Text
from fodlam_core.report.escapes import markdown_text

if TYPE_CHECKING:
    from collections.abc import Iterable


def markdown(documents: Iterable[Document]) -> str:
    """Render documents, one second-level heading each."""
    parts = []
    for document in documents:
        parts.append(f"## {markdown_text(document.title)}")
        parts += [_block(block) for block in document.blocks]
    return "\n\n".join(parts) + "\n"


def _block(block: Text | Table | Bullets) -> str:
    if isinstance(block, Text):
        text = markdown_text(block.text)
        return f"**{text}**" if block.warning else text
    if isinstance(block, Bullets):
        return "\n".join(
            [
                f"{markdown_text(block.title)}:",
                "",
                *(f"- {markdown_text(item)}" for item in block.items),
            ]
        )
    rule = ["---:" if name in block.numeric else "---" for name in block.header]
    return "\n".join(map(_row, (block.header, rule, *block.rows)))


def _row(cells: Iterable[str]) -> str:
    escaped = (
        markdown_text(cell, keep="\n").replace("|", "\\|").replace("\n", " ") for cell in cells
    )
    return "| " + " | ".join(escaped) + " |"
