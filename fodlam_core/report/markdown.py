"""Documents as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.report import Bullets, Document, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterable


def markdown(documents: Iterable[Document]) -> str:
    """Render documents, one second-level heading each."""
    parts = []
    for document in documents:
        parts.append(f"## {document.title}")
        parts += [_block(block) for block in document.blocks]
    return "\n\n".join(parts) + "\n"


def _block(block: Text | Table | Bullets) -> str:
    if isinstance(block, Text):
        return f"**{block.text}**" if block.warning else block.text
    if isinstance(block, Bullets):
        return "\n".join([f"{block.title}:", "", *(f"- {item}" for item in block.items)])
    rule = ["---:" if name in block.numeric else "---" for name in block.header]
    return "\n".join(map(_row, (block.header, rule, *block.rows)))


def _row(cells: Iterable[str]) -> str:
    escaped = (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
    return "| " + " | ".join(escaped) + " |"
