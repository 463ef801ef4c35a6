"""Reads a table of published costs of whole networks, and tells all its mistakes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.accelerators.cells import Row, read_rows
from fodlam_core.accelerators.row_costs import TIMES, cost_of
from fodlam_core.accelerators.table import point_of, strict_problems
from fodlam_core.errors import FodlamError
from fodlam_core.model.whole_network import Reference

if TYPE_CHECKING:
    from collections.abc import Collection

NEEDED = ("network", "batch")
KNOWN = (*NEEDED, *TIMES, "energy_j", "power_w", "macs", "point", "where", "source", "calibration")


class ReferenceRow(NamedTuple):
    """A published cost, and the operating point that it is of; None if there are no points."""

    point: str | None
    reference: Reference


def read_references(
    path: str, points: Collection[str] = ()
) -> tuple[list[ReferenceRow], list[str]]:
    """Return the rows of a table of whole networks, and a line for each mistake in it.

    Columns: ``network, batch``, a latency or a rate, an energy or a power, and ``macs`` (of one
    inference), ``point``, ``where``, ``calibration`` where they apply.

    Args:
        path: the CSV file.
        points: the operating points that a column ``point`` may name.
    """
    _, rows, problems = read_rows(
        path, "reference_table", lambda columns: strict_problems(columns, NEEDED, KNOWN, points)
    )
    found: list[ReferenceRow] = []
    lines: dict[tuple[str | None, str, int], int] = {}
    for line, row in rows:
        made = _reference(row, points)
        if made is not None:
            key = made.point, made.reference.network, made.reference.batch
            first = lines.setdefault(key, line)
            if first != line:
                row.problems.append(f"{key[1]} at batch {key[2]} is in line {first} already")
            found.append(made)
        problems += [f"{path}:{line}: {text}" for text in row.certain]
    return found, problems


def _reference(row: Row, points: Collection[str]) -> ReferenceRow | None:
    network, batch = row.text("network"), row.whole("batch")
    point = point_of(row, points)
    macs = row.whole("macs") if row.has("macs") else None
    calibration = row.flag("calibration") if row.has("calibration") else True
    cost = cost_of(row, batch, None)
    if row.problems:
        return None
    where = " ".join(row.text(name) for name in ("where", "source") if row.has(name))
    try:
        reference = Reference(
            network=network,
            batch=batch,
            latency_s=cost.latency_s,
            energy_j=cost.any_energy_j,
            macs=macs,
            where=where,
            calibration=calibration,
        )
    except FodlamError as error:
        row.problems.append(f"{error}; correct the row")
        return None
    return ReferenceRow(point, reference)
