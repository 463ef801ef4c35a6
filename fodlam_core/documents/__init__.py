"""Documents for a person: paragraphs, tables and lists, independent of how they are shown."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from fodlam_core.values import as_tuple


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


@attrs.frozen
class Table:
    """A table of cells; the columns named in ``numeric`` are aligned to the right."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = attrs.field(converter=as_tuple)
    numeric: frozenset[str] = frozenset()


@attrs.frozen
class Document:
    """A titled sequence of blocks."""

    title: str
    blocks: tuple[Text | Table | Bullets, ...] = attrs.field(converter=as_tuple)


def table(header: Iterable[str], rows: Iterable[Iterable[str]], numeric: str = "") -> Table:
    """Build a table; ``numeric`` names the columns to align right, separated by commas."""
    names = frozenset(name.strip() for name in numeric.split(","))
    return Table(tuple(header), tuple(tuple(row) for row in rows), names)
