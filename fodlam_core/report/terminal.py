"""Documents as text for a terminal, through rich."""

from __future__ import annotations

import re
from io import StringIO
from itertools import zip_longest
from operator import le
from typing import TYPE_CHECKING, NamedTuple

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text as RichText

from fodlam_core.report.document import Bullets, Document, Lines, Table, Text
from fodlam_core.report.escapes import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

GAP = 2  # columns between two columns
MOST_RICH = 200  # rows of a table up to which rich lays all of them out
LONG_NAME = 36  # columns of a word that is broken rather than that a column is left out
_WORD = re.compile(r"\S+")
LEAST_COLUMNS = 10  # of a column of text, if it has words as long, however narrow the terminal


def text(documents: Iterable[Document], *, color: bool, width: int) -> str:
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
        console.print(RichText(visible(document.title), "bold"))
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
        console.print(RichText(visible(block.text), "bold red" if block.warning else ""))
    elif isinstance(block, Bullets):
        console.print(RichText(f"{visible(block.title)}:", "bold"))
        for item in block.items:
            grid = RichTable.grid(padding=(0, 1))
            grid.add_row(RichText(" -"), RichText(visible(item)))
            console.print(grid)
    else:
        _print_table(console, _visible_table(block))


def _visible_table(block: Table) -> Table:
    """Return a table whose cells hold nothing but text, and the line feeds of `Lines`."""

    def shown(cells: Sequence[str]) -> tuple[str, ...]:
        if "".join(cells).isprintable():  # at once for most rows, of which there may be many
            return tuple(cells)
        return tuple(visible(cell, keep="\n" if isinstance(cell, Lines) else "") for cell in cells)

    header = shown(block.header)
    numeric = (new for new, name in zip(header, block.header, strict=True) if name in block.numeric)
    return Table(header, tuple(map(shown, block.rows)), frozenset(numeric), shown(block.spare))


def _print_table(console: Console, block: Table) -> None:
    """Print a table in the columns that there are, without spare ones if they are too few.

    Columns without anything in them go before all others.
    Numbers are never cut, and no column goes unsaid: what does not fit even so stands below, behind
    the first column again. Cells are broken between words, and in names that are very long, before
    a column goes; on a terminal in other names after that. Off a terminal a line is rather longer.
    """
    columns = [_column(block, index) for index in range(len(block.header))]
    places = every = list(range(len(columns)))
    empty = {place for place in every if columns[place].empty}
    named = ({place for place in every if block.header[place] == name} for name in block.spare)
    for spare in (empty, *named):
        chosen = [columns[place] for place in places]
        if _total(_fitting_widths(chosen, console.width, LONG_NAME)) <= console.width:
            break
        places = [place for place in places if place not in spare]
    kept = {block.header[place] for place in places}
    left_out = [name for name in dict.fromkeys(block.header) if name not in kept]
    for index, piece in enumerate(_pieces(console, columns, places)):
        if index:
            console.print()
        widths = _widths(console, [columns[place] for place in piece])
        _print_columns(console, block.only(piece), widths)
    if left_out:
        why = "the terminal is narrow" if console.is_terminal else f"of {console.width} columns"
        cure = "" if console.is_terminal else " (COLUMNS=200 has room)"
        console.print(RichText(f"left out, {why}{cure}: {', '.join(left_out)}", "dim"))


class _Column(NamedTuple):
    """What a column of a table needs.

    Attributes:
        name: its name.
        numeric: whether it is aligned to the right.
        natural: its width if no line of it is broken.
        word: that of its longest word.
        number: that of its longest cell with a digit, if it is numeric, which is never broken.
        empty: whether nothing is known in any row.
    """

    name: str
    numeric: bool
    natural: int
    word: int
    number: int
    empty: bool


def _column(block: Table, index: int) -> _Column:
    """Measure a column; what is in its cells is often alike in a long table."""
    name = block.header[index]
    numeric = name in block.numeric
    cells = {row[index] for row in block.rows}
    text = "\n".join((name, *cells))
    return _Column(
        name=name,
        numeric=numeric,
        natural=max(map(len, text.split("\n"))),
        word=max(map(len, text.split()), default=0),
        number=max((len(cell) for cell in cells if _is_number(cell)), default=0) if numeric else 0,
        empty=cells == {"-"},
    )


def _pieces(
    console: Console, columns: Sequence[_Column], every: Sequence[int]
) -> Iterator[Sequence[int]]:
    """Yield the places of columns that fit next to each other; all if they do.

    Each begins with the columns that name the rows: those of text before the first number; of many
    the first one.
    """

    def fits(places: Sequence[int]) -> bool:
        return _total(_widths(console, [columns[place] for place in places])) <= console.width

    if fits(every):
        yield every
        return
    texts = next((n for n, place in enumerate(every) if columns[place].numeric), 1) or 1
    lead = (
        every[:texts] if all(fits([*every[:texts], each]) for each in every[texts:]) else every[:1]
    )
    chosen = list(lead)
    for index in every[len(lead) :]:
        if len(chosen) > len(lead) and not fits([*chosen, index]):
            yield chosen
            chosen = list(lead)
        chosen.append(index)
    yield chosen


def _widths(console: Console, columns: Sequence[_Column]) -> list[int]:
    """Return the widths of columns; names are broken where nothing else helps, on a terminal."""
    widths = _fitting_widths(columns, console.width, LONG_NAME)
    if _total(widths) > console.width and console.is_terminal:
        return _fitting_widths(columns, console.width, LEAST_COLUMNS)
    return widths


def _print_columns(console: Console, block: Table, widths: Sequence[int]) -> None:
    width = console.width
    console.width = max(width, _total(widths))
    if len(block.rows) > MOST_RICH:  # rich would take a second for a thousand rows
        first = Table(block.header, block.rows[:1], block.numeric, block.spare)
        console.print(_table(console, first, widths, fixed=True))
        console.file.writelines(_further_lines(console, block, widths))
    else:
        console.print(_table(console, block, widths))
    console.width = width


def _further_lines(console: Console, block: Table, widths: Sequence[int]) -> Iterator[str]:
    """Yield the lines of all rows but the first, as rich prints them."""
    columns = [
        (width, name in block.numeric) for name, width in zip(block.header, widths, strict=True)
    ]
    whole = (" " * GAP).join(f"{{:{'>' if right else '<'}{width}}}" for width, right in columns)
    broken: dict[tuple[str, int, bool], list[str]] = {}  # most cells that are broken are alike
    for row in block.rows[1:]:
        text = "".join(row)
        if text.isascii() and "\n" not in text and all(map(le, map(len, row), widths)):
            yield f"{whole.format(*row)}\n"
            continue
        cells = []
        for cell, (width, right) in zip(row, columns, strict=True):
            if len(cell) <= width and cell.isascii() and "\n" not in cell:
                cells.append([cell.rjust(width) if right else cell.ljust(width)])
                continue
            key = cell, width, right
            if key not in broken:
                lines = _lines(console, cell, width, number=right).plain.split("\n")
                broken[key] = [_padded(line, width, right=right) for line in lines]
            cells.append(broken[key])
        for each in zip_longest(*cells):
            parts = (part or " " * width for part, width in zip(each, widths, strict=True))
            yield (" " * GAP).join(parts) + "\n"


def _padded(line: str, width: int, *, right: bool) -> str:
    room = " " * (width - cell_len(line))
    return room + line if right else line + room


def _lines(console: Console, cell: str, width: int, *, number: bool) -> RichText:
    """Return a cell in lines of a width; a long name is broken, never cut."""
    if number and len(cell) <= width:
        return RichText(cell)
    words = (_WORD.sub(lambda word: _broken(word[0], width), line) for line in cell.split("\n"))
    return RichText("\n").join(RichText("\n".join(words)).wrap(console, width, overflow="fold"))


def _broken(word: str, width: int) -> str:
    """Return a word in lines of a width: after a ``/`` or ``-``, within a part only if it must."""
    lines = []
    while cell_len(word) > width:
        end = 1 + max(word.rfind("/", 0, width), word.rfind("-", 0, width))
        if not end:
            break
        lines.append(word[:end])
        word = word[end:]
    return "\n".join((*lines, word))


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _is_number(cell: str) -> bool:
    """Tell whether a cell must not be broken, as words such as 'order of magnitude' may be."""
    return any(map(str.isdigit, cell))


def _fitting_widths(columns: Sequence[_Column], width: int, most_whole: int) -> list[int]:
    """Return widths that fit if they can: columns of text give way, the widest one first.

    Args:
        columns: what is in the table.
        width: what the table has to fit in.
        most_whole: columns up to which a word is not broken.
    """
    widths = [each.natural for each in columns]
    least = [
        max(each.word, each.number) if each.numeric else min(each.word, most_whole)
        for each in columns
    ]
    while _total(widths) > width:
        index = max(range(len(widths)), key=lambda each: (widths[each] > least[each], widths[each]))
        if widths[index] <= least[index]:
            break
        widths[index] -= 1
    return widths


def _table(
    console: Console, block: Table, widths: Sequence[int], *, fixed: bool = False
) -> RichTable:
    """Return a table whose cells are broken into lines of the given widths.

    Args:
        console: where it goes.
        block: what is in the table.
        widths: of the columns.
        fixed: whether a column is as wide even if no cell needs it.
    """
    table = RichTable(
        box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1), collapse_padding=True
    )
    numeric = [name in block.numeric for name in block.header]

    def lines(cell: str, index: int) -> RichText:
        return _lines(console, cell, widths[index], number=numeric[index])

    for index, name in enumerate(block.header):
        header = lines(name, index)
        if fixed:  # a width of a column would count its padding in rich before 15
            header = RichText("\n").join(
                RichText(_padded(line.plain, widths[index], right=numeric[index]))
                for line in header.split("\n")
            )
        table.add_column(
            header,
            justify="right" if numeric[index] else "left",
            no_wrap=True,
        )
    for row in block.rows:
        table.add_row(*(lines(cell, index) for index, cell in enumerate(row)))
    return table
