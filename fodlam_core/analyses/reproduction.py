"""Published tables regenerated from the data, and every printed cell that a check disputes.

A printed number stands for everything that is rounded to it: 11 % is what lies between 10.5 and
11.5 %. A cell is disputed if no such numbers fulfil a rule that its publication names; what is
merely imprecise is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.accelerators.publication import Publication, publication_of, unit_suffix
from fodlam_core.errors import FodlamError, PluginError
from fodlam_core.plugins.guards import guarded_accelerator
from fodlam_core.report.units import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.accelerators.publication_file import Column, PrintedTable, Rule
    from fodlam_core.plugins.registry import Registry

TOTAL = "Total"
UNPROVEN = " ?"
"""What follows a cell whose digits were not seen in print."""
TOUCH = 1e-9  # relative width below which an overlap is that of two bounds


class Range(NamedTuple):
    """What a number may be."""

    low: float
    high: float

    def __mul__(self, other: Range) -> Range:  # type: ignore[override]  # no tuple is repeated
        return Range(self.low * other.low, self.high * other.high)

    def agrees(self, relation: str, other: Range) -> bool:
        """Tell whether some number of this range is related so to some number of another.

        >>> Range(10.5, 11.5).agrees("equal to", Range(9.45, 10.5))
        False
        """
        margin = TOUCH * max(abs(self.high), abs(other.high))
        if relation == "at most":
            return self.low <= other.high + margin
        if relation == "at least":
            return self.high >= other.low - margin
        overlap = min(self.high, other.high) - max(self.low, other.low)
        exact = self.low == self.high or other.low == other.high
        return overlap >= -margin if exact else overlap > margin


class Check(NamedTuple):
    """One check of one printed cell.

    Attributes:
        accelerator: the accelerator.
        table: the table of its publication.
        row: the row, as printed.
        column: the column, as printed.
        printed: the digits as printed.
        relation: how the cell should be related to what is recomputed.
        recomputed: the same number from other cells, in the unit of the cell.
        low: the least it can be, given the rounding of those cells.
        high: the most it can be.
        says: what is checked.
        disputed: whether no rounding explains the difference.
    """

    accelerator: str
    table: str
    row: str
    column: str
    printed: str
    relation: str
    recomputed: float
    low: float
    high: float
    says: str
    disputed: bool


class Doubt(NamedTuple):
    """A printed cell whose digits were not seen in print.

    Attributes:
        accelerator: the accelerator.
        table: the table of its publication.
        row: the row, as printed.
        column: the column, as printed.
        printed: the digits that the data have.
        why: what speaks against them.
    """

    accelerator: str
    table: str
    row: str
    column: str
    printed: str
    why: str


class ReproducedTable(NamedTuple):
    """A published table as printed: title, header and cells."""

    accelerator: str
    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Reproduction(NamedTuple):
    """The tables, and every check of them.

    Attributes:
        tables: the tables.
        checks: the checks.
        unreadable: a sentence for each accelerator whose tables cannot be read.
        unproven: the cells whose digits were not checked in print.
    """

    tables: tuple[ReproducedTable, ...]
    checks: tuple[Check, ...]
    unreadable: tuple[str, ...] = ()
    unproven: tuple[Doubt, ...] = ()

    @property
    def disputed(self) -> tuple[Check, ...]:
        """The checks that a printed cell does not pass."""
        return tuple(check for check in self.checks if check.disputed)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "tables": [table._asdict() for table in self.tables],
            "checks": [check._asdict() for check in self.checks],
            "disputed": len(self.disputed),
            "unproven": [doubt._asdict() for doubt in self.unproven],
        }


def reproduce(registry: Registry, names: Iterable[str] = ()) -> Reproduction:
    """Regenerate the tables of accelerators, and check them.

    Args:
        registry: what is installed.
        names: accelerators; by default all that name the tables of their publication.

    Raises:
        FodlamError: if there is no such accelerator, or none at all, or the files of one that is
            named cannot be read.
    """
    if not registry.names("accelerator"):
        raise FodlamError(registry.nothing_installed("accelerator"))
    asked = tuple(names)
    tables: list[ReproducedTable] = []
    checks: list[Check] = []
    unreadable: list[str] = []
    unproven: list[Doubt] = []
    for name in asked or registry.names("accelerator"):
        try:
            accelerator = registry.accelerator(name)
            plugin = registry.providers["accelerator", name]
            publication = publication_of(guarded_accelerator(accelerator, plugin), plugin)
        except PluginError as error:
            if asked:
                raise
            unreadable.append(str(error))
            continue
        for table in publication.tables if publication else ():
            assert publication is not None
            tables.append(_table(accelerator, publication, table))
            checks += _checks(accelerator, publication, table)
            unproven += _doubts(accelerator, publication, table)
    return Reproduction(
        tables=tuple(tables),
        checks=tuple(checks),
        unreadable=tuple(unreadable),
        unproven=tuple(unproven),
    )


def printed_range(name: str, printed: str, *, counts_are_exact: bool = True) -> Range:
    """Return what is rounded to the printed digits; a count is exact, a share at most 100 %.

    >>> printed_range("latency_ms", "76.2")
    Range(low=76.15, high=76.25)
    >>> printed_range("work_pct", "100"), printed_range("batch", "3")
    (Range(low=99.5, high=100.0), Range(low=3.0, high=3.0))
    """
    value, unit = float(printed), unit_suffix(name)
    if not unit and counts_are_exact:
        return Range(value, value)
    decimals = len(printed.partition(".")[2])
    half = 0.5 * 10.0**-decimals
    low, high = round(value - half, decimals + 1), round(value + half, decimals + 1)
    return Range(low, min(high, 100.0) if unit == "_pct" else high)


def _table(
    accelerator: Accelerator, publication: Publication, table: PrintedTable
) -> ReproducedTable:
    layout = publication.layout(table)
    columns = layout.columns
    rows = [(table.row_name(row), row) for row in publication.covered_rows(table)]
    if table.total:
        rows.append((TOTAL, table.total))
    header = (layout.corner, *(column.title for column in columns))
    lines = [
        (name, *(_text(column, row) + _mark(publication, column, row) for column in columns))
        for name, row in rows
    ]
    if layout.transposed:
        header, *lines = zip(header, *lines, strict=True)
    return ReproducedTable(
        accelerator=accelerator.name,
        name=table.name,
        title=table.title,
        header=header,
        rows=tuple(lines),
    )


def _text(column: Column, row: Mapping[str, str]) -> str:
    printed = row.get(column.name, "")
    if not printed:
        return "-"
    share = f"({float(printed) / column.share_of:.0%})" if column.share_of else ""
    return printed + column.suffix + share


def _mark(publication: Publication, column: Column, row: Mapping[str, str]) -> str:
    return UNPROVEN if publication.doubt(row, column.name) else ""


def _doubts(
    accelerator: Accelerator, publication: Publication, table: PrintedTable
) -> Iterator[Doubt]:
    for row in publication.covered_rows(table):
        for column in publication.layout(table).columns:
            why = publication.doubt(row, column.name)
            if why:
                place = publication.place(table, row, column)
                yield Doubt(accelerator.name, table.name, *place, row[column.name], why)


def _checks(
    accelerator: Accelerator, publication: Publication, table: PrintedTable
) -> Iterator[Check]:
    layout = publication.layout(table)
    columns = {column.name: column for column in layout.columns}
    rows = publication.covered_rows(table)
    for rule in layout.rules:
        for row in rows:
            place = publication.place(table, row, columns[rule.column])
            yield from _row_check((accelerator.name, table.name, *place), rule, row)
    for name, ways in layout.totals.items():
        if table.total.get(name):
            yield _total_check(accelerator, table, rows, name, ways, columns[name].title)


def _row_check(
    place: tuple[str, str, str, str], rule: Rule, row: Mapping[str, str]
) -> Iterator[Check]:
    name, factors = rule.column, rule.product
    if not all(row[each] for each in (name, *factors)):
        return
    bounds, value = Range(rule.times, rule.times), rule.times
    for factor in factors:
        bounds *= printed_range(factor, row[factor])
        value *= float(row[factor])
    agrees = printed_range(name, row[name]).agrees(rule.relation, bounds)
    yield Check(*(*place, row[name], rule.relation), *(value, *bounds, rule.says, not agrees))


def _total_check(
    accelerator: Accelerator,
    table: PrintedTable,
    rows: list[Mapping[str, str]],
    name: str,
    ways: tuple[str, ...],
    title: str,
) -> Check:
    """Check a total against every way in which it may have been made; one is enough."""
    printed = table.total[name]
    own = printed_range(name, printed, counts_are_exact=False)  # a mean of counts is none
    made = [(way, *_combined(rows, name, way)) for way in ways]
    made.sort(key=lambda each: (not own.agrees("equal to", each[2]), abs(each[1] - float(printed))))
    way, value, bounds = made[0]
    agrees = own.agrees("equal to", bounds)
    says = _way(way)
    if not agrees and len(made) > 1:
        values = ", ".join(f"{_way(way)} {plain(value)}" for way, value, _ in made)
        says = f"no sum or mean of the rows gives it: {values}"
    return Check(
        *(accelerator.name, table.name, TOTAL, title, printed, "equal to"),
        *(value, *bounds, says, not agrees),
    )


def _way(way: str) -> str:
    if way == "sum":
        return "sum of the rows"
    return "plain mean" if way == "equal" else f"mean weighted by {way}"


def _combined(rows: list[Mapping[str, str]], name: str, way: str) -> tuple[float, Range]:
    """Return the sum of a column, or its mean with weights that are taken as printed."""
    weights = [1.0 if way in ("sum", "equal") else float(row[way]) for row in rows]
    whole = 1.0 if way == "sum" else sum(weights)
    ranges = [printed_range(name, row[name]) for row in rows]
    pairs = list(zip(weights, rows, ranges, strict=True))
    return (
        sum(weight * float(row[name]) for weight, row, _ in pairs) / whole,
        Range(
            sum(weight * each.low for weight, _, each in pairs) / whole,
            sum(weight * each.high for weight, _, each in pairs) / whole,
        ),
    )
