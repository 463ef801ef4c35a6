"""The tables of a publication as they are printed: which cell a number was read from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import attrs

from fodlam_core.accelerators.cells import read_cells
from fodlam_core.accelerators.printed import UNITS
from fodlam_core.accelerators.publication_file import PublicationFile
from fodlam_core.errors import FodlamError, PluginError
from fodlam_core.files import parsed_toml, read_text
from fodlam_core.model.layers import layer_key
from fodlam_core.named_tuple import NamedTuple
from fodlam_core.schema.structure import structure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.accelerators.publication_file import (
        Column,
        Layout,
        PrintedTable,
        Unproven,
    )
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


class Publication(NamedTuple):
    """The tables of a publication, and the rows of the data, every cell as printed.

    Attributes:
        tables: the tables.
        layouts: what tables share, by the name that each table has of it.
        rows: the rows of the data file, as text.
        constants: numbers that hold for every row, by name.
        unproven: the cells whose digits were not checked in print.
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
        found, key = [], layer_key(layer)
        for row in self.rows:
            if row["network"] == network and layer_key(row["layer"]) == key:
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
    return Publication(
        tables=file.tables,
        layouts=file.layouts,
        rows=rows,
        constants=constants,
        unproven=file.unproven,
    )


def _cell(column: Column, printed: str, table: PrintedTable, place: tuple[str, str]) -> Cell:
    unit = column.suffix.strip() or SYMBOLS.get(unit_suffix(column.name), "")
    return Cell(column.name, table.name, *place, printed, unit, si(column.name, printed))
