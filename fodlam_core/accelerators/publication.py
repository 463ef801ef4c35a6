"""The tables of a publication as they are printed: which cell a number was read from.

A file of its own beside the data of an accelerator, named by ``publication`` in its header, and
read only by what asks for sources, so that no estimate pays for it::

    data = "mychip.csv"                 # the table of the accelerator

    [layouts.breakdown]                 # what tables of one form share
    corner = "Layer"                    # title of the column of row names
    transposed = false                  # true: the paper prints one layer a column
    columns = [{ name = "latency_ms", title = "Latency (ms)", suffix = "ms" }]
    rules = [{ says = "...", column = "a_ms", is = "at most", product = ["b_ms"], times = 1.0 }]
    totals = { latency_ms = ["sum"] }   # or names of weights of a mean; "equal": none

    [[tables]]
    name = "Table 2"
    title = "what it shows"
    layout = "breakdown"
    network = "VGG16"                   # the one network of the table; none: of several
    rows.VGG16 = { FC6 = "VGG-6" }      # names of rows in print, where they differ
    total = { latency_ms = "41.5" }     # the row of totals, as printed

    [constants.power_w]                 # what is printed once for all layers
    table = "Table 3"
    row = "Power"
    column = "MyChip"
    printed = "0.2"

    [[unproven]]                        # a cell that was read from a poor copy
    network = "VGG16"
    layer = "FC6"
    column = "latency_ms"
    why = "one copy has 41.5, another 47.5"
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

import attrs

from fodlam_core.accelerators.cells import read_cells
from fodlam_core.accelerators.printed import UNITS, number
from fodlam_core.errors import FodlamError, PluginError, Problem, Setting, unknown
from fodlam_core.files import parsed_toml, read_text
from fodlam_core.model.layers import layer_key
from fodlam_core.schema import KEY, count, words
from fodlam_core.schema.structure import structure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.plugins import Plugin

SYMBOLS = {"_ms": "ms", "_us": "us", "_s": "s", "_mw": "mW", "_w": "W", "_mb": "MB", "_pct": "%"}


class Cell(NamedTuple):
    """One printed number.

    Attributes:
        quantity: its name in the data file, such as ``"latency_ms"``.
        table: the table of the publication.
        row: the name of its row, as printed.
        column: the title of its column, as printed.
        printed: the digits as printed.
        unit: the unit as printed.
        value: the number in SI units.
    """

    quantity: str
    table: str
    row: str
    column: str
    printed: str
    unit: str
    value: float

    def __str__(self) -> str:
        number = f"{self.printed} {self.unit}".rstrip()
        return f'{self.table}, row "{self.row}", column "{self.column}": {number}'


@attrs.frozen(eq=False, repr=False)
class Column:
    """A column of a table: its name in the data, its title and what follows each number."""

    name: str = attrs.field(validator=words)
    title: str
    suffix: str = ""
    share_of: int | None = attrs.field(default=None, validator=count)


@attrs.frozen(eq=False, repr=False)
class Rule:
    """What must hold between the cells of a row.

    Attributes:
        says: the rule in words.
        column: the column that is checked.
        relation: ``is`` in the file: how it is related to the product.
        product: the columns that are multiplied.
        times: the constant that they are multiplied with.
    """

    says: str
    column: str
    relation: Literal["at most", "at least", "equal to"] = attrs.field(metadata={KEY: "is"})
    product: tuple[str, ...] = ()
    times: float = 1.0


@attrs.frozen(eq=False, repr=False)
class Layout:
    """What tables of one form share."""

    corner: str
    columns: tuple[Column, ...]
    transposed: bool = False
    rules: tuple[Rule, ...] = ()
    totals: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)


@attrs.frozen(eq=False, repr=False)
class PrintedTable:
    """A row of ``[[tables]]``: a table of the publication, which names its layout."""

    name: str
    title: str
    layout: str
    network: str | None = None
    rows: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict)
    total: Mapping[str, str] = attrs.field(factory=dict)

    def row_name(self, row: Mapping[str, str]) -> str:
        """Return how the publication calls a row of the data."""
        return self.rows.get(row["network"], {}).get(row["layer"], row["layer"])

    def covers(self, row: Mapping[str, str]) -> bool:
        """Tell whether a row of the data is in this table."""
        if self.network is not None:
            return row["network"] == self.network
        return row["layer"] in self.rows.get(row["network"], {})


@attrs.frozen(eq=False, repr=False)
class Constant:
    """A row of ``[constants]``: a number that is printed once for all layers."""

    table: str
    row: str
    column: str
    printed: str


@attrs.frozen(eq=False, repr=False)
class Unproven:
    """A row of ``[[unproven]]``: a cell whose digits were not seen in print, and why."""

    network: str
    layer: str
    column: str
    why: str = attrs.field(validator=words)


@attrs.frozen(eq=False, repr=False)
class PublicationFile:
    """The file: see the top of this module."""

    data: str
    layouts: Mapping[str, Layout] = attrs.field(factory=dict)
    tables: tuple[PrintedTable, ...] = ()
    constants: Mapping[str, Constant] = attrs.field(factory=dict)
    unproven: tuple[Unproven, ...] = ()

    def problems(self, known: Collection[str]) -> Iterator[Problem]:
        """Yield what does not go together, or with the columns of the data."""
        for index, table in enumerate(self.tables, 1):
            if table.layout not in self.layouts:
                where = Setting(("tables", index), "layout")
                yield Problem(unknown("layout", table.layout, self.layouts), (where,))
        for name, layout in self.layouts.items():
            named = {column.name for column in layout.columns}
            for rule in layout.rules:
                named |= {rule.column, *rule.product}
            for weights in layout.totals.values():
                named |= set(weights) - {"sum", "equal"}
            missing = sorted(named - set(known))
            if known and missing:
                what = f"the data have no column {', '.join(missing)}"
                yield Problem(what, (Setting(("layouts", name)),))
        yield from self._unknown_cells(known)
        for name, constant in self.constants.items():
            try:
                number(constant.printed)
            except ValueError as error:
                yield Problem(str(error), (Setting(("constants", name), "printed"),))

    def _unknown_cells(self, known: Collection[str]) -> Iterator[Problem]:
        for index, cell in enumerate(self.unproven, 1):
            if known and cell.column not in known:
                where = Setting(("unproven", index), "column")
                yield Problem(unknown("column", cell.column, known), (where,))


class Publication(NamedTuple):
    """The tables of a publication, and the rows of the data, every cell as printed.

    Attributes:
        tables: the tables.
        layouts: what tables share, by the name that each table has of it.
        rows: the rows of the data file, as text.
        constants: numbers that hold for every row, by name.
        unproven: the cells whose digits were not seen in print.
    """

    tables: tuple[PrintedTable, ...]
    layouts: Mapping[str, Layout]
    rows: tuple[Mapping[str, str], ...]
    constants: Mapping[str, Cell]
    unproven: tuple[Unproven, ...] = ()

    def layout(self, table: PrintedTable) -> Layout:
        """Return what a table shares with others."""
        return self.layouts[table.layout]

    def place(self, table: PrintedTable, row: Mapping[str, str], column: Column) -> tuple[str, str]:
        """Return the names of row and column of a cell, as printed."""
        name, title = table.row_name(row), column.title
        return (title, name) if self.layout(table).transposed else (name, title)

    def doubt(self, row: Mapping[str, str], column: str) -> str:
        """Return why the digits of a cell may err; empty if they were seen in print."""
        place = row.get("network"), layer_key(row.get("layer", "")), column
        return next(
            (
                cell.why
                for cell in self.unproven
                if (cell.network, layer_key(cell.layer), cell.column) == place
            ),
            "",
        )

    def cells(self, network: str, layer: str) -> tuple[Cell, ...]:
        """Return every printed number of a layer, with the place it was read from."""
        found = []
        for row in self.rows:
            if row["network"] == network and layer_key(row["layer"]) == layer_key(layer):
                for table in self.tables:
                    if table.covers(row):
                        columns = self.layout(table).columns
                        found += [
                            _cell(column, row[column.name], table, self.place(table, row, column))
                            for column in columns
                            if row[column.name]
                        ]
        return (*found, *(self.constants.values() if found else ()))

    def covered_rows(self, table: PrintedTable) -> list[Mapping[str, str]]:
        """Return the rows of the data that a table holds."""
        return [row for row in self.rows if table.covers(row)]


def publication_of(accelerator: Accelerator, plugin: Plugin | None = None) -> Publication | None:
    """Read the tables behind an accelerator; None if it does not name them.

    Args:
        accelerator: the accelerator.
        plugin: what supplied it, to be named in errors.

    Raises:
        PluginError: naming the plugin, the file and what is wrong with it.
    """
    path = accelerator.publication
    if path is None:
        return None
    places = (str(plugin), f"publication of {accelerator.name}") if plugin else ()
    try:
        if not isinstance(path, str | os.PathLike):
            raise TypeError("is not the path of a file")
        file, problems = structure(parsed_toml(read_text(path)), PublicationFile)
        if file is None:
            raise PluginError(*problems)
        names, *cells = read_cells(os.path.join(os.path.dirname(path), file.data)) or [(0, [])]
        rows = tuple(dict(zip(names[1], row, strict=True)) for _, row in cells)
        problems = list(file.problems(names[1]))
        if problems:
            raise PluginError(*problems)
        return _publication(file, rows)
    except (ValueError, TypeError, FodlamError) as error:
        known = error if isinstance(error, FodlamError) else str(error)
        raise PluginError(known, where=(*places, str(path))) from error


def si(name: str, printed: str | float) -> float:
    """Return a printed number in SI units, by the unit in the name of its column.

    >>> si("latency_ms", "76.2"), si("active_pes", "156")
    (0.0762, 156.0)
    """
    unit = UNITS.get(unit_suffix(name))
    return float(printed) * (unit[1] if unit else 1.0)


def unit_suffix(name: str) -> str:
    """Return the part of a column name that is its unit; empty for a count.

    >>> unit_suffix("latency_ms"), unit_suffix("active_pes")
    ('_ms', '')
    """
    suffix = f"_{name.rpartition('_')[2]}"
    return suffix if suffix in UNITS and suffix != f"_{name}" else ""


def _publication(file: PublicationFile, rows: tuple[Mapping[str, str], ...]) -> Publication:
    constants = {
        name: Cell(
            quantity=name,
            **attrs.asdict(constant),
            unit=SYMBOLS.get(unit_suffix(name), ""),
            value=si(name, constant.printed),
        )
        for name, constant in file.constants.items()
    }
    return Publication(file.tables, file.layouts, rows, constants, file.unproven)


def _cell(column: Column, printed: str, table: PrintedTable, place: tuple[str, str]) -> Cell:
    unit = column.suffix.strip() or SYMBOLS.get(unit_suffix(column.name), "")
    return Cell(column.name, table.name, *place, printed, unit, si(column.name, printed))
