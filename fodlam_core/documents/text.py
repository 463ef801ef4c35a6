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
LEAST_COLUMNS = 10  # of a column of text, if it has words as long, however narrow the terminal


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
    """Print a table: on a terminal without spare columns if it is narrow, elsewhere wide enough.

    Numbers are never cut: rather a line is longer than it should be. Off a terminal no word is
    broken either.
    """
    width, spare = console.width, iter(block.spare)
    while console.is_terminal and _natural_width(console, block) > width:
        name = next(spare, None)
        if name is None:
            break
        block = block.without(name)
    table = _table(block, LEAST_COLUMNS if console.is_terminal else None)
    console.width = max(width, sum(2 + (column.min_width or 0) for column in table.columns) - 2)
    console.print(table)
    console.width = width


def _natural_width(console: Console, block: Table) -> int:
    options = console.options.update(max_width=MOST_COLUMNS)
    return _table(block).__rich_measure__(console, options).maximum


def _table(block: Table, most_whole: int | None = None) -> RichTable:
    """Return a table for the console.

    Args:
        block: what is in it.
        most_whole: columns up to which a word is not broken; None: it never is.
    """
    table = RichTable(
        box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1), collapse_padding=True
    )
    for index, name in enumerate(block.header):
        numeric = name in block.numeric
        cells = [name, *(row[index] for row in block.rows)]
        split = str.splitlines if numeric else str.split
        parts = [part for cell in cells for part in split(cell)]
        whole = max(map(len, parts), default=0)
        table.add_column(
            RichText(name),
            justify="right" if numeric else "left",
            no_wrap=numeric,
            overflow="fold",  # a long name is broken, never cut
            min_width=whole if numeric or most_whole is None else min(whole, most_whole),
        )
    for row in block.rows:
        table.add_row(*map(RichText, row))
    return table
