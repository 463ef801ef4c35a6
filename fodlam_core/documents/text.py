"""Documents as text for a terminal, through rich."""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text as RichText

from fodlam_core.documents import Bullets, Document, Table, Text

MOST_COLUMNS = 140


def text(documents: Iterable[Document], color: bool, width: int) -> str:
    """Render documents.

    Args:
        documents: what to show, in order.
        color: whether control sequences may be used.
        width: number of columns.
    """
    file = StringIO()
    console = Console(
        file=file, force_terminal=color, no_color=None if color else True, width=width
    )
    for index, document in enumerate(documents):
        if index:
            console.print()
        console.print(RichText(document.title, "bold"))
        before: object = None
        for block in document.blocks:
            if before is not None and not (isinstance(before, Text) and isinstance(block, Text)):
                console.print()
            _print(console, block)
            before = block
    lines = (line.rstrip() for line in file.getvalue().splitlines())
    return "\n".join(lines) + "\n"


def _print(console: Console, block: Text | Table | Bullets) -> None:
    if isinstance(block, Text):
        console.print(RichText(block.text, "bold red" if block.warning else ""))
    elif isinstance(block, Bullets):
        console.print(RichText(f"{block.title}:", "bold"))
        for item in block.items:
            grid = RichTable.grid(padding=(0, 1))
            grid.add_row(RichText(" -"), RichText(item))
            console.print(grid)
    else:
        _print_table(console, block)


def _print_table(console: Console, block: Table) -> None:
    """Print a table: wider than the text around it off a terminal, on one without spare columns."""
    width, spare = console.width, iter(block.spare)
    while console.is_terminal and _natural_width(console, block) > width:
        name = next(spare, None)
        if name is None:
            break
        block = block.without(name)
    if not console.is_terminal:
        console.width = max(width, _natural_width(console, block))
    console.print(_table(block))
    console.width = width


def _natural_width(console: Console, block: Table) -> int:
    options = console.options.update(max_width=MOST_COLUMNS)
    return _table(block).__rich_measure__(console, options).maximum


def _table(block: Table) -> RichTable:
    table = RichTable(
        box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1), collapse_padding=True
    )
    for name in block.header:
        numeric = name in block.numeric
        table.add_column(
            RichText(name),
            justify="right" if numeric else "left",
            no_wrap=numeric,
            overflow="fold",  # a long name is broken, never cut
        )
    for row in block.rows:
        table.add_row(*map(RichText, row))
    return table
