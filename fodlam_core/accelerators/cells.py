"""The cells of an accelerator's table: as text, by quantity, and what is wrong with them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, TypeVar

from fodlam_core.accelerators.printed import half_unit, in_si, number, whole, written
from fodlam_core.files import FileError, read_text
from fodlam_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from fodlam_core.model.shapes import Shape

T = TypeVar("T")
EMPTY = "is empty; fill it in"
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
FLAGS = {"true": True, "false": False}


class Columns(NamedTuple):
    """The columns of a table.

    Attributes:
        names: as they are written.
        quantities: their names in SI units, in the same order.
        known: by the SI name of a quantity, the column as written and the factor.
        shapes: shapes that were read, by their cells: layers of a table are often alike.
        sound: whether nothing is wrong with them.
    """

    names: tuple[str, ...]
    quantities: tuple[str, ...]
    known: Mapping[str, tuple[str, float]]
    shapes: dict[tuple[str | None, ...], Shape]
    sound: bool = True

    @classmethod
    def named(cls, names: list[str]) -> Columns:
        """Return the columns by their names as written."""
        in_units = [in_si(name) for name in names]
        known = {si: (name, factor) for name, (si, factor) in zip(names, in_units, strict=True)}
        return cls(tuple(names), tuple(si for si, _ in in_units), known, {})

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
    """One row: its cells by quantity. What cannot be read is noted, and counts as 1 or "".

    Attributes:
        cells: what is not empty, by the SI name of its quantity, as it is written.
        problems: a text for each mistake.
    """

    __slots__ = ("cells", "columns", "problems")

    def __init__(self, columns: Columns, cells: list[str]) -> None:
        self.columns = columns
        self.problems: list[str] = []
        if len(cells) != len(columns.names):
            self.problems.append(
                f"{len(cells)} cells under {len(columns.names)} columns; give one for each "
                "column, empty where it is not known, and put text with commas in quotes"
            )
        pairs = zip(columns.quantities, cells, strict=False)
        self.cells = {name: cell for name, cell in pairs if cell}

    @property
    def certain(self) -> list[str]:
        """The mistakes, without those that may follow from one of the columns.

        What a row lacks may stand under a column with a wrong name.
        """
        if self.columns.sound:
            return self.problems
        cells = tuple(f"{name}: " for name in self.columns.names if name)
        return [
            text for text in self.problems if text.startswith(cells) and not text.endswith(EMPTY)
        ]

    def has(self, name: str) -> bool:
        """Tell whether there is something in the cell of a quantity."""
        return name in self.cells

    def text(self, name: str) -> str:
        """Return a cell."""
        return self.cells.get(name) or self._missing(name, "")

    def whole(self, name: str, least: int = 1) -> int:
        """Return a cell that must be a whole number."""
        text = self.cells.get(name)
        if text is None:
            return self._missing(name, 1)
        try:
            return whole(text, least)
        except ValueError as error:
            return self._wrong(name, error, 1)

    def quantity(self, name: str) -> float:
        """Return a cell that must be a number, in SI units."""
        text = self.cells.get(name)
        if text is None:
            return self._missing(name, 1.0)
        try:
            value = number(text) * self.columns.known[name][1]
            if value > 1 and name.endswith("_fraction"):
                raise ValueError(f"{text} % is more than 100 %")
        except ValueError as error:
            return self._wrong(name, error, 1.0)
        return value

    def quantity_if_there(self, name: str) -> float | None:
        """Return the same, or None where the cell is empty."""
        return self.quantity(name) if name in self.cells else None

    def rounding(self, name: str) -> float:
        """Return half a unit of the last digit of a number that can be read, in SI units."""
        return half_unit(self.cells[name]) * self.columns.known[name][1]

    def flag(self, name: str) -> bool:
        """Return a cell that must be true or false."""
        text = self.cells.get(name)
        if text is None:
            return self._missing(name, otherwise=True)
        try:
            return _flag(text)
        except ValueError as error:
            return self._wrong(name, error, otherwise=True)

    def _missing(self, name: str, otherwise: T) -> T:
        if name in self.columns.known:
            self.problems.append(f"{self.columns.known[name][0]}: {EMPTY}")
        else:
            self.problems.append(f"there is no {written(name)}; add it")
        return otherwise

    def _wrong(self, name: str, error: ValueError, otherwise: T) -> T:
        self.problems.append(f"{self.columns.known[name][0]}: {error}")
        return otherwise


def _flag(text: str) -> bool:
    if text.lower() not in FLAGS:
        raise ValueError(f"{text!r} is neither true nor false")
    return FLAGS[text.lower()]


def read_rows(
    path: str, key: str, problems_of: Callable[[Columns], Iterable[str]]
) -> tuple[Columns, Iterator[tuple[int, Row]], list[str]]:
    """Return the columns of a table, its rows with their lines, and what is wrong with the columns.

    Without rows where its columns cannot be told.

    Args:
        path: the CSV file.
        key: the key of the header that names it.
        problems_of: tells what is wrong with columns.
    """
    try:
        rows = read_cells(path)
    except ValueError as error:
        return Columns.named([]), iter(()), [f"{error}; the header names it as its {key}"]
    if not rows:
        problem = f"{path}: is empty; name the columns in its first line"
        return Columns.named([]), iter(()), [problem]
    start, names = rows[0]
    columns = Columns.named(names)
    separator = next((each for each in SEPARATORS if each in names[0]), "")
    if len(names) == 1 and separator:
        problem = f"columns are separated by {SEPARATORS[separator]}; separate them by commas"
        return columns, iter(()), [f"{path}:{start}: {problem}"]
    problems = [f"{path}:{start}: {text}" for text in problems_of(columns)]
    columns = columns._replace(sound=not problems)
    return columns, ((line, Row(columns, cells)) for line, cells in rows[1:]), problems
