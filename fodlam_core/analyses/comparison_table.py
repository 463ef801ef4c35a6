"""A comparison as a person reads it: totals, shares of the accelerators, factors, refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.analyses.comparison import FACTORS, Comparison, Outcome
from fodlam_core.analyses.refusals import Refusals, gather_refusals, reasons_in, refusal_lines
from fodlam_core.errors import listed
from fodlam_core.report import Bullets, Document, Table, Text, table
from fodlam_core.report.units import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

COSTS = {"latency": ("latency_s", "s"), "energy": ("energy_j", "J"), "power": ("power_w", "W")}


class Row(NamedTuple):
    """One row of a table.

    Attributes:
        choices: the names that were chosen: one of each axis, or several once rows are joined.
        cells: what is shown beside them.
        exact: what else must be equal for two rows to be the same.
    """

    choices: tuple[tuple[str, ...], ...]
    cells: tuple[str, ...]
    exact: str = ""


def comparison_document(
    comparison: Comparison, most_names: int | None = None, width: int = 100
) -> Document:
    """Return what a person sees: totals, a row for each outcome, and what is behind them.

    Rows of shares and factors that differ in a name alone are one.

    Args:
        comparison: the outcomes.
        most_names: how many names such a row has at the most, before it says how many more there
            are; by default it has all of them.
        width: columns that the reasons of refusals have to fit in, beside the totals.
    """
    technology = comparison.config.technology
    node = technology.node_nm
    target = "as measured" if node is None else f"scaled to {node:g} nm, clock {technology.clock}"
    refusals = gather_refusals(comparison.outcomes)
    notes = _notes(comparison.outcomes)
    return Document(
        f"{comparison.config.source}, {target}",
        (
            _totals(comparison.outcomes, refusals, width),
            *_scaling(comparison.outcomes),
            *_shares(comparison, most_names),
            *_factors(comparison, most_names),
            *([Bullets("Refused", refusal_lines(refusals))] if refusals else []),
            *([Bullets("Notes", notes)] if notes else []),
        ),
    )


def _totals(outcomes: Sequence[Outcome], refusals: Refusals, width: int) -> Table:
    """Return a row for each outcome, with as much of the reason of a refusal as fits."""
    header = (*outcomes[0].choices, *COSTS)
    rows = [(*each.choices.values(), *_costs(each.to_dict())) for each in outcomes]
    if refusals:
        taken = sum(2 + max(map(len, column)) for column in zip(header, *rows, strict=True))
        reasons = reasons_in(outcomes, refusals, width - taken)
        header = (*header, "why")
        rows = [(*row, reason) for row, reason in zip(rows, reasons, strict=True)]
    return table(header, rows, ", ".join(COSTS), "power")


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
            Row(_choices(each), _costs(record), str([record[key] for key, _ in COSTS.values()]))
            for each, record in used
        ]
        cells += [(name, *row) for row in _cells(rows, most_names)]
    header = ("share of", *comparison.outcomes[0].choices, *COSTS)
    return [table(header, cells, ", ".join(COSTS), "power")] if cells else []


def _factors(comparison: Comparison, most_names: int | None) -> list[Table]:
    """Return the factors, which depend on the accelerator and the rule alone."""
    rules = [choice for choice in comparison.outcomes[0].choices if choice == "scaler"]
    rows: dict[Row, None] = {}
    for name in comparison.accelerators:
        for each in comparison.outcomes:
            record = each.to_dict()["accelerators"].get(name)
            if record:
                factors = tuple(_number(record["factors"][key]) for key in FACTORS)
                rows[Row(((name,), *((each.choices[rule],) for rule in rules)), factors)] = None
    header = ("factors of", *rules, *FACTORS)
    return [table(header, _cells(rows, most_names), ", ".join(FACTORS))] if rows else []


def _choices(outcome: Outcome) -> tuple[tuple[str, ...], ...]:
    return tuple((name,) for name in outcome.choices.values())


def _costs(record: dict[str, float | None]) -> tuple[str, ...]:
    return tuple(quantity(record[key], unit) for key, unit in COSTS.values())


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
    return ",\n".join(names)


def _notes(outcomes: Iterable[Outcome]) -> list[str]:
    """Return what rules and core say of the factors, each with the rules that it is said of."""
    rules: dict[str, dict[str, None]] = {}
    for each in outcomes:
        for note in each.notes:
            rules.setdefault(note, {})[each.choices.get("scaler", "")] = None
    return [f"{listed(names)}: {note}".removeprefix(": ") for note, names in rules.items()]


def _number(factor: float | None) -> str:
    return "-" if factor is None else f"{factor:.4g}"
