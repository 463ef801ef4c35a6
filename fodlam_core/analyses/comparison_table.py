"""A comparison as a person reads it: totals, shares of the accelerators, factors, refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.analyses.comparison import FACTORS, SHARES, Comparison, Outcome
from fodlam_core.analyses.refusals import Refusals, gather_refusals, reasons_in, refusal_lines
from fodlam_core.errors import listed
from fodlam_core.estimates import Totals
from fodlam_core.estimates.columns import COSTS, costs_with_ends
from fodlam_core.model.quantities import COST_KEYS, METRICS, POWER, Amounts
from fodlam_core.report.document import Bullets, Document, Lines, Table, Text, table
from fodlam_core.report.escapes import visible
from fodlam_core.report.units import number, percent, quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_ROWS = 4  # that a note names


class Row(NamedTuple):
    """One row of a table.

    Attributes:
        choices: the names that were chosen: one of each axis, or several once rows are joined.
        cells: what is shown besides them.
        exact: what else must be equal for two rows to be the same.
    """

    choices: tuple[tuple[str, ...], ...]
    cells: tuple[str, ...]
    exact: str = ""


def comparison_document(
    comparison: Comparison, most_names: int | None = None, width: int = 100
) -> Document:
    """Return what a person sees: totals, a row for each outcome, and the details.

    Rows of shares and factors that differ in a name alone are one.

    Args:
        comparison: the outcomes.
        most_names: how many names such a row has at the most, before it says how many more there
            are; by default it has all of them.
        width: columns that the reasons of refusals have to fit in, besides the totals.
    """
    technology = comparison.config.technology
    node = technology.node_nm
    target = "as measured" if node is None else f"scaled to {node:g} nm, clock {technology.clock}"
    refusals = gather_refusals(comparison.outcomes)
    doubts, notes = _remarks(comparison.outcomes)
    return Document(
        f"{comparison.config.source}, {target}",
        (
            _totals(comparison.outcomes, refusals, width),
            *_scaling(comparison.outcomes),
            *_shares(comparison, most_names),
            *_factors(comparison, most_names),
            *([Bullets("Refused", refusal_lines(refusals))] if refusals else []),
            *([Bullets("Doubts (!)", doubts)] if doubts else []),
            *([Bullets("Notes", notes)] if notes else []),
        ),
    )


def _totals(outcomes: Sequence[Outcome], refusals: Refusals, width: int) -> Table:
    """Return a row for each outcome, with as much of the reason of a refusal as fits.

    Choices of accelerators by which the same chips run everything are one row, of their names.
    """
    covered = {percent(share) for each in outcomes if each.worth for share in _coverage(each)}
    extra = ["coverage"] if covered - {percent(1.0)} else []
    header = (*outcomes[0].choices, *COSTS, *extra)
    rows = [(*_marked(each), *_verdicts(each, shown=bool(extra))) for each in outcomes]
    if refusals:
        taken = sum(2 + max(map(len, column)) for column in zip(header, *rows, strict=True))
        reasons = reasons_in(outcomes, refusals, width - taken)
        header = (*header, "why")
        rows = [(*row, reason) for row, reason in zip(rows, reasons, strict=True)]
    exact = [str(each.estimate.totals["total"]) if each.estimate else "" for each in outcomes]
    rows = [row for row, _ in dict.fromkeys(zip(rows, exact, strict=True))]
    return table(header, rows, ", ".join((*COSTS, "coverage")), "power, coverage")


def _marked(outcome: Outcome) -> tuple[str, ...]:
    """Return what was chosen, marked if there are doubts."""
    mark = " (!)" if outcome.worth and outcome.worth.doubts else ""
    *rest, last = outcome.names
    return (*rest, last + mark)


def _coverage(outcome: Outcome) -> list[float]:
    """Return the shares of the quantities that are known of something; the others show no cost."""
    assert outcome.worth is not None
    return [share for share in outcome.worth.coverage.values() if share] or [0.0]


def _verdicts(outcome: Outcome, *, shown: bool) -> tuple[str, ...]:
    """Return the cells of costs with their error bars and, if it is shown, the coverage."""
    total = outcome.estimate.totals["total"] if outcome.estimate else Totals(Amounts(), 0, 0)
    interval = outcome.worth.interval if outcome.worth else None
    least = percent(min(_coverage(outcome)) if outcome.worth else None)
    power = quantity(total.power_w, POWER.unit)
    return (*costs_with_ends(total.amounts, interval), power, *([least] if shown else []))


def _scaling(outcomes: Iterable[Outcome]) -> Iterator[Text]:
    """Yield the spreads over all applicable rules, each with the choices that it is of."""
    bands: dict[str, list[str]] = {}
    for each in outcomes:
        if each.scaling and len(each.scaling.rules) > 1:
            rest = [name for axis, name in each.choices.items() if axis != "scaler"]
            names = bands.setdefault(str(each.scaling), [])
            names += [name for name in [" ".join(rest)] if name and name not in names]
    for band, names in bands.items():
        yield Text(f"scaling: {band}" + (f" ({listed(names)})" if len(bands) > 1 and names else ""))


def _shares(comparison: Comparison, most_names: int | None) -> list[Table]:
    """Return what each accelerator costs, where there are several: one hides the other in a sum."""
    records = [(each, each.to_dict()["accelerators"]) for each in comparison.outcomes]
    cells = []
    for name in comparison.accelerators:
        used = [(each, every[name]) for each, every in records if name in every and len(every) > 1]
        rows = [
            Row(_choices(each), _part(record), str([record[key] for key in COST_KEYS]))
            for each, record in used
        ]
        cells += [(name, *row) for row in _cells(dict.fromkeys(rows), most_names)]
    costs = (*(head for metric in METRICS for head in (metric.name, "%")), POWER.name)
    header = ("share of", *comparison.outcomes[0].choices, *costs)
    return [table(header, cells, ", ".join(costs), "power")] if cells else []


def _factors(comparison: Comparison, most_names: int | None) -> list[Table]:
    """Return the factors, which depend on the accelerator and the rule alone."""
    rules = [choice for choice in comparison.outcomes[0].choices if choice == "scaler"]
    rows: dict[Row, None] = {}
    for name in comparison.accelerators:
        for each in comparison.outcomes:
            record = each.to_dict()["accelerators"].get(name)
            if record:
                factors = tuple(number(record["factors"][key]) for key in FACTORS)
                rows[Row(((name,), *((each.choices[rule],) for rule in rules)), factors)] = None
    header = ("factors of", *rules, *FACTORS)
    return [table(header, _cells(rows, most_names), ", ".join(FACTORS))] if rows else []


def _choices(outcome: Outcome) -> tuple[tuple[str, ...], ...]:
    return tuple((name,) for name in outcome.names)


def _part(record: dict[str, float | None]) -> tuple[str, ...]:
    """Return the cells of what one accelerator adds to a total, and which share of it that is."""
    cells: list[str] = []
    for metric, share in zip(METRICS, SHARES, strict=True):
        cells += [quantity(record[metric.key], metric.unit)]
        cells += [percent(record[share]).removesuffix(" %")]
    return (*cells, quantity(record[POWER.key], POWER.unit))


def _merged(rows: Iterable[Row]) -> list[Row]:
    """Join rows that differ in one choice only, one choice after the other, the last one first."""
    merged = list(rows)
    for axis in reversed(range(len(merged[0].choices) if merged else 0)):
        groups: dict[Row, list[str]] = {}
        for row in merged:
            rest = (*row.choices[:axis], (), *row.choices[axis + 1 :])
            groups.setdefault(row._replace(choices=rest), []).extend(row.choices[axis])
        merged = [
            row._replace(choices=(*row.choices[:axis], tuple(names), *row.choices[axis + 1 :]))
            for row, names in groups.items()
        ]
    return merged


def _cells(rows: Iterable[Row], most_names: int | None) -> list[tuple[str, ...]]:
    """Return the joined rows with a cell for the names of each choice."""
    rows = list(rows)
    every = [len(set(names)) for names in zip(*(row.choices for row in rows), strict=True)]
    return [
        (
            *(_label(*each, most_names) for each in zip(row.choices, every, strict=True)),
            *row.cells,
        )
        for row in _merged(rows)
    ]


def _label(names: tuple[str, ...], every: int, most_names: int | None) -> str:
    if most_names and len(names) > most_names:
        if len(names) == every:
            return f"all {every}"
        names = (*names[: most_names - 1], f"{len(names) - most_names + 1} more")
    return Lines(",\n".join(map(visible, names)))


def _remarks(outcomes: Iterable[Outcome]) -> tuple[list[str], list[str]]:
    """Return doubts and notes, each with the choices that it is said of, if not of all."""
    made = [each for each in outcomes if each.worth]
    said: dict[str, list[Outcome]] = {}
    for each in made:
        for note in each.notes:
            said.setdefault(note, []).append(each)
    doubted = {note for each in made if each.worth for note in each.worth.doubts}
    lines = {note: _told(_which(of, made), note) for note, of in said.items()}
    return (
        [line for note, line in lines.items() if note in doubted],
        [line for note, line in lines.items() if note not in doubted],
    )


def _told(which: str, note: str) -> str:
    """Return a note after the choices that it applies to, unless it names them itself."""
    return note if note.startswith(f"{which}: ") else f"{which}: {note}".removeprefix(": ")


def _which(said: Sequence[Outcome], made: Sequence[Outcome]) -> str:
    """Return the choices that some outcomes have and no other has; empty for all outcomes."""
    if len(said) == len(made):
        return ""
    for axis in said[0].choices:
        names = dict.fromkeys(each.choices[axis] for each in said)
        if sum(each.choices[axis] in names for each in made) == len(said):
            return listed(names)
    rows = [" ".join(each.choices.values()) for each in said]
    more = len(rows) - MOST_ROWS
    return listed([*rows[:MOST_ROWS], *([f"{more} more"] if more > 0 else [])])
