"""Reads the table of layers of an accelerator's data file, and tells all its mistakes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.accelerators.cells import Columns, Row, read_rows
from fodlam_core.accelerators.printed import in_si, written
from fodlam_core.accelerators.row_costs import COSTS, TIMES, cost_of
from fodlam_core.accelerators.row_shapes import DENSITY, SHAPES, WEIGHTS, ZEROS, layer_of
from fodlam_core.errors import FodlamError, unknown
from fodlam_core.model.costs import Measurement
from fodlam_core.model.layers import layer_key
from fodlam_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

NEEDED = ("network", "layer", "kind", "batch")
OTHERS = ("macs", "repeat", "calibration", "source", "point")
KNOWN = (*NEEDED, *OTHERS, *COSTS, *SHAPES, WEIGHTS, DENSITY)


class TableRow(NamedTuple):
    """A measurement, and the operating point that it is of; None if the table has no points."""

    point: str | None
    measurement: Measurement


def read_table(
    path: str, kinds: Collection[str] | None, power_w: float | None, points: Collection[str] = ()
) -> tuple[list[TableRow], list[str]]:
    """Return the rows of a table, and a line for each mistake in it.

    Args:
        path: the CSV file.
        kinds: the kinds of layers it may hold; None if that is not known.
        power_w: the power of every row; None if the table has a column of it, or energies, or
            neither.
        points: the operating points that a column ``point`` may name; without any there is none.
    """
    columns, rows, problems = read_rows(
        path, "table", lambda columns: _column_problems(columns, power_w, points)
    )
    written_columns = columns.written(power_w)
    # One that is not sound may have the name of a detail by mistake.
    details = [name for name in columns.quantities if columns.sound and name not in KNOWN]
    found: list[TableRow] = []
    lines: dict[tuple[str | None, str, str, str], int] = {}
    for line, row in rows:
        point = point_of(row, points)
        measurement = _measurement(row, kinds, power_w, written_columns, details)
        if measurement:
            found.append(TableRow(point, measurement))
        _told_once(row, line, point, lines)
        if row.problems:
            problems += [f"{path}:{line}: {text}" for text in row.certain]
    return found, problems


def point_of(row: Row, points: Collection[str]) -> str | None:
    """Return the operating point of a row; None if there are no points."""
    if "point" not in row.columns.known:
        return None
    name = row.text("point")
    if name and name not in points:
        row.problems.append(f"point: {unknown('point', name, points)} (points in the header)")
    return name


def _told_once(
    row: Row, line: int, point: str | None, lines: dict[tuple[str | None, str, str, str], int]
) -> None:
    network, layer, batch = map(row.cells.get, ("network", "layer", "batch"))
    if network is None or layer is None or batch is None:
        return
    first = lines.setdefault((point, network, layer_key(layer), batch), line)
    if first != line:
        row.problems.append(
            f"{network} {layer} at batch {batch} is in line {first} already; remove one"
        )


def _column_problems(
    columns: Columns, power_w: float | None, points: Collection[str]
) -> Iterator[str]:
    seen: dict[str, str] = {}
    for name in columns.names:
        quantity, _ = in_si(name)
        if not name:
            yield "a column has no name; name it, or remove it"
        elif quantity in seen:
            yield f"the columns {seen[quantity]} and {name} are the same quantity; remove one"
        seen[quantity] = name
    for quantity in NEEDED:
        if quantity not in seen:
            yield f"there is no column {written(quantity)}; add it"
    if not any(name in seen for name in (*TIMES, "energy_j")):
        yield f"there is no column {written('latency_s')}, nor of an energy or a rate; add one"
    if not any(name in seen for name in ("macs", *SHAPES)):
        yield "there is no column macs; add it, or the columns of a shape"
    yield from point_problems(seen, points)
    yield from power_told_twice(seen, power_w)
    if ZEROS in seen and DENSITY in seen:
        yield f"the columns {seen[ZEROS]} and {seen[DENSITY]} say the same; remove one"
    yield from _misspelt_columns(seen)


def point_problems(names: Collection[str], points: Collection[str]) -> Iterator[str]:
    """Yield what is wrong where a header has points and a table no column of them, or reversely."""
    if points and "point" not in names:
        yield "there is no column point; add it, or give each point a table of its own"
    if not points and "point" in names:
        yield "there is a column point, but the header has no [points.NAME]; add them"


def strict_problems(
    columns: Columns, needed: Iterable[str], known: Collection[str], points: Collection[str]
) -> Iterator[str]:
    """Yield what is wrong with the columns of a table that has no columns of its own choice."""
    for name in columns.names:
        if in_si(name)[0] not in known:
            yield unknown("column", name, known)
    for name in needed:
        if name not in columns.known:
            yield f"there is no column {name}; add it"
    yield from point_problems(columns.known, points)


def power_told_twice(seen: Mapping[str, str], power_w: float | None) -> Iterator[str]:
    """Yield what is wrong where the header gives a power, and columns by SI name do as well."""
    if power_w is not None and "power_w" in seen:
        yield f"power is in the column {seen['power_w']} and in the header; remove one"
    if power_w is not None and "energy_j" in seen:
        yield f"energy is in the column {seen['energy_j']}, power in the header; remove one"


def _misspelt_columns(columns: Mapping[str, str]) -> Iterator[str]:
    known = (*KNOWN, ZEROS)
    for quantity, name in columns.items():
        if quantity in known:
            continue
        meant = [written(each) for each in known if _misspelt(quantity, each)]
        if meant:
            yield f"unknown column {name!r}; did you mean {' or '.join(meant)}?"


def _measurement(
    row: Row,
    kinds: Collection[str] | None,
    power_w: float | None,
    columns: Mapping[str, str],
    details: Iterable[str],
) -> Measurement | None:
    """Return the measurement of a row; None, and problems in the row, if something is wrong."""
    network, kind = row.text("network"), row.text("kind")
    if kind and kinds is not None and kind not in kinds:
        row.problems.append(f"kind: {unknown('kind', kind, kinds)} (kinds in the header)")
    layer = layer_of(row, kind)
    batch = row.whole("batch")
    cost = cost_of(row, batch, power_w)
    calibration = row.flag("calibration") if row.has("calibration") else True
    numbers = {name: row.quantity(name) for name in details if name in row.cells}
    if layer is None or row.problems:
        return None
    try:
        return Measurement(
            network=network,
            layer=layer,
            batch=batch,
            latency_s=cost.latency_s,
            power_w=cost.power_w,
            offchip_latency_s=cost.offchip_s,
            calibration=calibration,
            details=numbers,
            energy_j=cost.energy_j,
            latency_rounding_s=cost.latency_rounding_s,
            energy_rounding_j=cost.energy_rounding_j,
            columns=columns,
        )
    except FodlamError as error:
        row.problems.append(f"{error}; correct the row")
        return None


def _misspelt(name: str, known: str) -> bool:
    """Tell whether a name is a known one but for its unit, its case or a slip of the pen.

    >>> _misspelt("latency_msec", "latency_s"), _misspelt("theoretical_latency_s", "latency_s")
    (True, False)
    """
    name = name.lower().replace(" ", "_")
    stem, _, unit = known.rpartition("_")
    if unit in ("s", "w", "fraction") and stem in (name, name.rpartition("_")[0]):
        return True
    if abs(len(name) - len(known)) > 2:
        return False
    start = _alike(name, known)
    end = _alike(name[start:][::-1], known[start:][::-1])
    return max(len(name), len(known)) - start - end <= 2 and 2 * (start + end) >= len(known)


def _alike(a: str, b: str) -> int:
    """Return how many letters two texts have in common at their start."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((index for index, (x, y) in pairs if x != y), min(len(a), len(b)))
