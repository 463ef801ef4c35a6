"""Reads a table of operators without MACs, and tells all its mistakes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.accelerators.cells import Columns, Row, read_cells
from fodlam_core.accelerators.printed import in_si
from fodlam_core.accelerators.row_costs import cost_of
from fodlam_core.accelerators.table import point_problems
from fodlam_core.errors import FodlamError, unknown
from fodlam_core.model.costs import Cost
from fodlam_core.model.memory_pass import MemoryPass, PassMeasurement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

NEEDED = ("operator", "read", "written")
SPREAD = ("latency_lower_quartile_s", "latency_upper_quartile_s", "repetitions")
KNOWN = (
    *(*NEEDED, "window", "batch", "latency_s", "energy_j", "power_w", "point", "source"),
    *SPREAD,
)


class OperatorRow(NamedTuple):
    """A measured pass, the operating point that it is of, and its quartiles and runs.

    Attributes:
        point: the operating point; None if there are no points.
        measurement: the pass and its cost.
        spread: by the names of `SPREAD`, as far as they are known.
    """

    point: str | None
    measurement: PassMeasurement
    spread: dict[str, float]


def read_operators(path: str, points: Collection[str] = ()) -> tuple[list[OperatorRow], list[str]]:
    """Return the rows of a table of operators, and a line for each mistake in it.

    Columns: ``operator, read, written``, a latency, an energy or a power, and ``window``,
    ``batch``, ``point`` where they apply.

    Args:
        path: the CSV file.
        points: the operating points that a column ``point`` may name.
    """
    try:
        rows = read_cells(path)
    except ValueError as error:
        return [], [f"{error}; the header names it as its operator_table"]
    if not rows:
        return [], [f"{path}: is empty; name the columns in its first line"]
    start, names = rows[0]
    columns = Columns.named(names)
    problems = [f"{path}:{start}: {text}" for text in _column_problems(columns, points)]
    if problems:
        return [], problems
    found: list[OperatorRow] = []
    for line, cells in rows[1:]:
        row = Row(columns, cells)
        made = _operator(row, points)
        if made is not None:
            found.append(made)
        problems += [f"{path}:{line}: {text}" for text in row.problems]
    return found, problems


def _column_problems(columns: Columns, points: Collection[str]) -> Iterator[str]:
    for name in columns.names:
        if in_si(name)[0] not in KNOWN:
            yield unknown("column", name, KNOWN)
    for name in NEEDED:
        if name not in columns.known:
            yield f"there is no column {name}; add it"
    if "latency_s" not in columns.known:
        yield "there is no column of a latency; add latency_us, for instance"
    yield from point_problems(columns.known, points)


def _operator(row: Row, points: Collection[str]) -> OperatorRow | None:
    point = row.text("point") if points else None
    if point is not None and point not in points:
        row.problems.append(f"point: {unknown('point', point, points)} (points in the header)")
    operator, read, written = row.text("operator"), row.whole("read"), row.whole("written")
    window = row.whole("window") if row.has("window") else 1
    batch = row.whole("batch") if row.has("batch") else 1
    cost = cost_of(row, batch, None)
    spread = {name: row.quantity(name) for name in SPREAD if row.has(name)}
    if not row.problems and cost.latency_s is None:
        row.problems.append("there is no latency; fill it in")
    if row.problems:
        return None
    energy = cost.energy_j
    if energy is None and cost.power_w is not None and cost.latency_s is not None:
        energy = cost.power_w * cost.latency_s
    try:
        what = MemoryPass(operator, read=read, written=written, window=window)
        measured = PassMeasurement(what, batch, Cost(cost.latency_s, energy))
    except FodlamError as error:
        row.problems.append(f"{error}; correct the row")
        return None
    return OperatorRow(point, measured, spread)
