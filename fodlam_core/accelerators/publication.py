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
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import tomli

from fodlam_core.accelerators.cells import read_cells
from fodlam_core.accelerators.printed import UNITS
from fodlam_core.errors import PluginError
from fodlam_core.model.layers import layer_key

if TYPE_CHECKING:
    from collections.abc import Mapping

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


class Column(NamedTuple):
    """A column of a table: its name in the data, its title and what follows each number."""

    name: str
    title: str
    suffix: str = ""
    share_of: int | None = None


class Layout(NamedTuple):
    """What tables of one form share."""

    corner: str
    columns: tuple[Column, ...]
    transposed: bool = False
    rules: tuple[Mapping[str, Any], ...] = ()
    totals: Mapping[str, tuple[str, ...]] = {}


class PrintedTable(NamedTuple):
    """A table of a publication."""

    name: str
    title: str
    layout: Layout
    network: str | None = None
    rows: Mapping[str, Mapping[str, str]] = {}
    total: Mapping[str, str] = {}

    def row_name(self, row: Mapping[str, str]) -> str:
        """Return how the publication calls a row of the data."""
        return self.rows.get(row["network"], {}).get(row["layer"], row["layer"])

    def covers(self, row: Mapping[str, str]) -> bool:
        """Tell whether a row of the data is in this table."""
        if self.network is not None:
            return row["network"] == self.network
        return row["layer"] in self.rows.get(row["network"], {})


class Publication(NamedTuple):
    """The tables of a publication, and the rows of the data, every cell as printed.

    Attributes:
        tables: the tables.
        rows: the rows of the data file, as text.
        constants: numbers that hold for every row, by name.
    """

    tables: tuple[PrintedTable, ...]
    rows: tuple[Mapping[str, str], ...]
    constants: Mapping[str, Cell]

    def cells(self, network: str, layer: str) -> tuple[Cell, ...]:
        """Return every printed number of a layer, with the place it was read from."""
        found = []
        for row in self.rows:
            if row["network"] == network and layer_key(row["layer"]) == layer_key(layer):
                for table in self.tables:
                    if table.covers(row):
                        found += [
                            _cell(table, row, column)
                            for column in table.layout.columns
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
    where = f"{plugin}: publication of {accelerator.name}: {path}" if plugin else path
    try:
        if not isinstance(path, str | os.PathLike):
            raise TypeError("is no path of a file")
        with open(path, "rb") as file:
            data = tomli.load(file)
        names, *cells = read_cells(os.path.join(os.path.dirname(path), data["data"]))
        rows = tuple(dict(zip(names[1], row, strict=True)) for _, row in cells)
        publication = _publication(data, rows)
        _check_columns(publication)
        return publication
    except KeyError as error:
        raise PluginError(f"{where}: the key {error} is missing") from error
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise PluginError(f"{where}: {error}") from error


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


def _publication(data: dict[str, Any], rows: tuple[Mapping[str, str], ...]) -> Publication:
    layouts = {name: _layout(table) for name, table in data.get("layouts", {}).items()}
    tables = [
        PrintedTable(**{**table, "layout": layouts[table["layout"]]})
        for table in data.get("tables", ())
    ]
    constants = {
        name: Cell(
            name, **cell, unit=SYMBOLS.get(unit_suffix(name), ""), value=si(name, cell["printed"])
        )
        for name, cell in data.get("constants", {}).items()
    }
    return Publication(tuple(tables), rows, constants)


def _layout(table: dict[str, Any]) -> Layout:
    columns = tuple(Column(**column) for column in table["columns"])
    return Layout(**{**table, "columns": columns})


def _check_columns(publication: Publication) -> None:
    known = set(publication.rows[0]) if publication.rows else set()
    for table in publication.tables:
        layout = table.layout
        named = {column.name for column in layout.columns}
        for rule in layout.rules:
            named |= {rule["column"], *rule.get("product", ())}
        for weights in layout.totals.values():
            named |= set(weights) - {"sum", "equal"}
        missing = sorted(named - known)
        if missing:
            raise ValueError(f"{table.name}: the data have no column {', '.join(missing)}")


def _cell(table: PrintedTable, row: Mapping[str, str], column: Column) -> Cell:
    places = table.row_name(row), column.title
    if table.layout.transposed:
        places = places[1], places[0]
    printed = row[column.name]
    unit = column.suffix.strip() or SYMBOLS.get(unit_suffix(column.name), "")
    return Cell(column.name, table.name, *places, printed, unit, si(column.name, printed))
