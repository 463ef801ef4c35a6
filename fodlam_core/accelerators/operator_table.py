"""Reads a table of operators without MACs, and tells all its mistakes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.accelerators.cells import Columns, Row, read_rows
from fodlam_core.accelerators.row_costs import cost_of
from fodlam_core.accelerators.table import point_of, power_told_twice, strict_problems
from fodlam_core.errors import FodlamError
from fodlam_core.model.costs import Cost
from fodlam_core.model.memory_pass import MemoryPass
from fodlam_core.model.pass_measurement import PassMeasurement

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


def read_operators(
    path: str, points: Collection[str] = (), power_w: float | None = None
) -> tuple[list[OperatorRow], list[str]]:
    """Return the rows of a table of operators, and a line for each mistake in it.

    Columns: ``operator, read, written``, a latency, an energy or a power, and ``window``,
    ``batch``, ``point`` where they apply.

    Args:
        path: the CSV file.
        points: the operating points that a column ``point`` may name.
        power_w: the power of every row, from the header; None if columns have it.
    """
    _, rows, problems = read_rows(
        path, "operator_table", lambda columns: _column_problems(columns, power_w, points)
    )
    found: list[OperatorRow] = []
    for line, row in rows:
        made = _operator(row, points, power_w)
        if made is not None:
            found.append(made)
        problems += [f"{path}:{line}: {text}" for text in row.certain]
    return found, problems


def _column_problems(
    columns: Columns, power_w: float | None, points: Collection[str]
) -> Iterator[str]:
    yield from strict_problems(columns, NEEDED, KNOWN, points)
    if "latency_s" not in columns.known:
        yield "there is no column of a latency; add latency_us, for instance"
    yield from power_told_twice({si: name for si, (name, _) in columns.known.items()}, power_w)


def _operator(row: Row, points: Collection[str], power_w: float | None) -> OperatorRow | None:
    point = point_of(row, points)
    operator, read, written = row.text("operator"), row.whole("read"), row.whole("written")
    window = row.whole("window") if row.has("window") else 1
    batch = row.whole("batch") if row.has("batch") else 1
    cost = cost_of(row, batch, power_w)
    spread = {name: row.quantity(name) for name in SPREAD if row.has(name)}
    if not row.problems and cost.latency_s is None:
        row.problems.append("there is no latency; fill it in")
    if row.problems:
        return None
    try:
        what = MemoryPass(operator, read=read, written=written, window=window)
        measured = PassMeasurement(what, batch, Cost(cost.latency_s, cost.any_energy_j))
    except FodlamError as error:
        row.problems.append(f"{error}; correct the row")
        return None
    return OperatorRow(point, measured, spread)
