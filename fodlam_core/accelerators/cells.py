"""The cells of an accelerator's table: as text, by quantity, and what is wrong with them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from fodlam_core.accelerators.printed import half_unit, in_si, number, whole, written
from fodlam_core.files import FileError, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")
FLAGS = {"true": True, "false": False}


class Columns(NamedTuple):
    """The columns of a table.

    Attributes:
        names: as they are written.
        known: by the SI name of a quantity, the column as written and the factor.
    """

    names: tuple[str, ...]
    known: Mapping[str, tuple[str, float]]

    @classmethod
    def named(cls, names: list[str]) -> Columns:
        """Return the columns by their names as written."""
        return cls(tuple(names), {in_si(name)[0]: (name, in_si(name)[1]) for name in names})

    def written(self, power_w: float | None) -> dict[str, str]:
        """Return the name of the column of each quantity, as `Measurement.columns` has it.

        Args:
            power_w: the power that the header gives for every row; None if there is a column.
        """
        columns = {quantity: name for quantity, (name, _) in self.known.items()}
        if power_w is not None:
            columns["power_w"] = "power_w"
        if "latency_s" in columns:
            columns.setdefault("energy_j", columns["latency_s"])
        return columns


def read_cells(path: str) -> list[tuple[int, list[str]]]:
    """Return the rows of a CSV file that are not empty, each with its line, spaces stripped.

    Raises:
        ValueError: if it cannot be read, or is not CSV in UTF-8; the text starts with the
            file.
    """
    try:
        text = read_text(path)
    except FileError as error:
        raise ValueError(f"{path}: {error}") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise ValueError(
            f"{path}:{reader.line_num}: is not valid CSV: {error}; fix the line"
        ) from error
    return rows


class Row:
    """One row: its cells by quantity. What cannot be read is noted, and stands as 1 or "".

    Attributes:
        problems: a text for each mistake.
    """

    def __init__(self, columns: Columns, cells: list[str]) -> None:
        self.columns = columns
        self.problems: list[str] = []
        if len(cells) != len(columns.names):
            self.problems.append(
                f"{len(cells)} cells under {len(columns.names)} columns; give one for each "
                "column, empty where it is not known, and put text with commas in quotes"
            )
        self._cells = dict(zip(columns.names, cells, strict=False))

    def has(self, name: str) -> bool:
        """Tell whether there is something in the cell of a quantity."""
        return name in self.columns.known and bool(self._cells.get(self.columns.known[name][0]))

    def text(self, name: str) -> str:
        """Return a cell."""
        return self._parsed(name, str, "")

    def whole(self, name: str, least: int = 1) -> int:
        """Return a cell that must be a whole number."""
        return self._parsed(name, lambda text: whole(text, least), 1)

    def quantity(self, name: str) -> float:
        """Return a cell that must be a number, in SI units."""

        def parse(text: str) -> float:
            value = number(text) * self.columns.known[name][1]
            if name.endswith("_fraction") and value > 1:
                raise ValueError(f"{text} % is more than 100 %")
            return value

        return self._parsed(name, parse, 1.0)

    def rounding(self, name: str) -> float:
        """Return half a unit of the last digit of a number that can be read, in SI units."""
        column, factor = self.columns.known[name]
        return half_unit(self._cells[column]) * factor

    def flag(self, name: str) -> bool:
        """Return a cell that must be true or false."""
        return self._parsed(name, _flag, otherwise=True)

    def _parsed(self, name: str, parse: Callable[[str], T], otherwise: T) -> T:
        if name not in self.columns.known:
            self.problems.append(f"there is no {written(name)}; add it")
            return otherwise
        column, _ = self.columns.known[name]
        if not self._cells.get(column):
            self.problems.append(f"{column}: is empty; fill it in")
            return otherwise
        try:
            return parse(self._cells[column])
        except ValueError as error:
            self.problems.append(f"{column}: {error}")
            return otherwise


def _flag(text: str) -> bool:
    if text.lower() not in FLAGS:
        raise ValueError(f"{text!r} is neither true nor false")
    return FLAGS[text.lower()]
