"""Documents for a person: paragraphs, tables and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fodlam_core.model.converters import as_tuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@attrs.frozen
class Text:
    """A paragraph; a warning is shown so that it is not overlooked."""

    text: str
    warning: bool = False


@attrs.frozen
class Bullets:
    """A titled list of sentences."""

    title: str
    items: tuple[str, ...] = attrs.field(converter=as_tuple)


class Lines(str):
    """A cell of several lines; in any other cell a line feed is text, and shown as an escape."""

    __slots__ = ()


@attrs.frozen
class Table:
    """A table of cells.

    Attributes:
        header: names of the columns.
        rows: the cells, row by row.
        numeric: columns that are aligned to the right.
        spare: columns that may be left out on a narrow terminal, the first one first.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = attrs.field(converter=as_tuple)
    numeric: frozenset[str] = frozenset()
    spare: tuple[str, ...] = ()

    def without(self, name: str) -> Table:
        """Return the table without a column."""
        return self.only([place for place, column in enumerate(self.header) if column != name])

    def only(self, places: Sequence[int]) -> Table:
        """Return the table with the columns at some places."""
        if len(places) == len(self.header):
            return self
        header = tuple(self.header[place] for place in places)
        return Table(
            header=header,
            rows=tuple(tuple(row[place] for place in places) for row in self.rows),
            numeric=self.numeric,
            spare=tuple(name for name in self.spare if name in header),
        )


@attrs.frozen
class Document:
    """A titled sequence of blocks."""

    title: str
    blocks: tuple[Text | Table | Bullets, ...] = attrs.field(converter=as_tuple)


def table(
    header: Iterable[str], rows: Iterable[Iterable[str]], numeric: str = "", spare: str = ""
) -> Table:
    """Build a table; ``numeric`` and ``spare`` name columns, separated by commas."""
    names, less = (
        [name.strip() for name in text.split(",") if name.strip()] for text in (numeric, spare)
    )
    return Table(
        header=tuple(header),
        rows=tuple(tuple(row) for row in rows),
        numeric=frozenset(names),
        spare=tuple(less),
    )
