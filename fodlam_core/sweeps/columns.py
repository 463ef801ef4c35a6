"""The columns of a result, as expressions over native costs and factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from fodlam_core.errors import FodlamError, unknown
from fodlam_core.estimates.figures import METHODS
from fodlam_core.model.quantities import COST_KEYS, LATENCY, METRICS
from fodlam_core.sweeps.costs import DRAM, HIGH, LOW, TOTAL
from fodlam_core.sweeps.keys import DRAM_KEY, DRAM_PRICE
from fodlam_core.sweeps.verdicts import PROBLEM, VERDICT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fodlam_core.model.quantities import Quantity
    from fodlam_core.sweeps.plan import Plan

# Columns that are there where the configuration tells the energy of a byte of DRAM.
SYSTEM = ("dram_energy_j", "system_energy_j")
PRODUCT = "edp_js"
# Columns of the bounds -> the sum that they are taken from, and which of its metrics.
BOUNDS = {metric.end(end): (end, metric.key) for metric in METRICS for end in (LOW, HIGH)}
COVERAGE = {f"{method.replace(' ', '_')}_macs_share": method for method in METHODS}


def column_names(plan: Plan, asked: Sequence[str] = ("all",)) -> list[str]:
    """Return the columns of a result in order: those that are always there, and those asked for.

    ``"all"`` is every column but the verdict, which is computed point by point.

    Raises:
        FodlamError: with a line for each name that is not a column.
    """
    always = [*(axis.key for axis in plan.axes.axes), *COST_KEYS, *(SYSTEM if plan.priced else ())]
    more = [PRODUCT, *BOUNDS, *COVERAGE]
    more += [f"{kind}.{name}" for kind in plan.kinds for name in (*COST_KEYS, PRODUCT)]
    known = [*always, *more, VERDICT, PROBLEM]
    wrong = [
        f"--columns: {name} needs the energy of a byte: write [system] {DRAM_KEY} = 160e-12"
        if name in SYSTEM
        else f"--columns: {unknown('column', name, [*known, 'all'])}"
        for name in asked
        if name not in (*known, "all")
    ]
    if wrong:
        raise FodlamError(*wrong)
    named = [name for name in asked if name not in ("all", PROBLEM)]
    return list(dict.fromkeys([*always, *(more if "all" in asked else ()), *named, PROBLEM]))


def with_results(points: pl.LazyFrame, plan: Plan, slots: int) -> pl.LazyFrame:
    """Return points with every column that a result can have.

    Args:
        points: a row for each point, with its native costs and factors.
        plan: the sweep.
        slots: the number of accelerators.
    """
    have = set(points.collect_schema())
    inferences = pl.col("network.batch").cast(pl.Float64) if plan.batched else None
    refusals = _refusals(slots, have)
    first = pl.coalesce(PROBLEM, *refusals) if refusals else pl.col(PROBLEM)
    points = points.with_columns(first.alias(PROBLEM))
    sums = {TOTAL: "", LOW: "low ", HIGH: "high "} | {kind: f"{kind}." for kind in plan.kinds}
    costs: list[pl.Expr] = []
    for name, prefix in sums.items():
        fine = pl.when(pl.col(PROBLEM).is_null())
        for metric in METRICS:
            value = _carried(metric, name, slots, have)
            if inferences is not None:
                value = value * inferences + _constant(metric, name, slots, have)
            costs.append((fine.then(value) if refusals else value).alias(f"{prefix}{metric.key}"))
    points = points.with_columns(costs)
    if plan.priced:
        points = points.with_columns(*_system(plan, inferences))
    bounds = [pl.col(f"{name} {cost}").alias(column) for column, (name, cost) in BOUNDS.items()]
    coverage = [pl.col(method).alias(column) for column, method in COVERAGE.items()]
    derived = [
        each
        for name, prefix in sums.items()
        if name not in (LOW, HIGH)
        for each in _derived(prefix)
    ]
    return points.with_columns(*bounds, *coverage, *derived)


def _factor(metric: Quantity, number: int) -> pl.Expr:
    return pl.col(f"{metric.factor} factor {number}") if metric.factor else pl.lit(1.0)


def _carried(metric: Quantity, name: str, slots: int, have: set[str]) -> pl.Expr:
    """Return a sum of a metric at the target; null where it is not known."""
    value = pl.col(f"{metric.name} {name}")
    for number in range(slots):
        if f"{metric.name} {name} {number}" in have:
            # An accelerator that a network does not use has no cost there, and adds nothing.
            native = pl.col(f"{metric.name} {name} {number}")
            value = value + (native * _factor(metric, number)).fill_null(0.0)
    return value


def _constant(metric: Quantity, name: str, slots: int, have: set[str]) -> pl.Expr:
    """Return what a batch costs besides its inferences, at the target."""
    value = pl.lit(0.0)
    for number in range(slots):
        if f"constant {metric.name} {name} {number}" in have:
            native, fixed = (
                pl.col(f"{what} {metric.name} {name} {number}")
                for what in ("constant", "constant fixed")
            )
            value = value + (native * _factor(metric, number) + fixed).fill_null(0.0)
    return value


def _system(plan: Plan, inferences: pl.Expr | None) -> Iterator[pl.Expr]:
    """Yield the energy of DRAM, and that of chips and DRAM; null where traffic is not known."""
    swept = any(axis.key == DRAM_PRICE for axis in plan.axes.axes)
    price = pl.col(DRAM_PRICE) if swept else pl.lit(plan.source.tables["system"][DRAM_KEY])
    energy = pl.col(DRAM) * price
    if inferences is not None:
        energy = energy * inferences
    dram, system = SYSTEM
    # Together with the energy of the chips, since a point that is refused has neither.
    both = energy + pl.col("energy_j")
    yield pl.when(both.is_not_null()).then(energy).alias(dram)
    yield both.alias(system)


def _refusals(slots: int, have: set[str]) -> list[pl.Expr]:
    """Return for each accelerator why it cannot be carried, where a network uses it."""
    return [
        pl.when(pl.col(f"{LATENCY.name} {TOTAL} {number}").is_not_null()).then(
            pl.col(f"refusal {number}")
        )
        for number in range(slots)
        if f"refusal {number}" in have and f"{LATENCY.name} {TOTAL} {number}" in have
    ]


def _derived(prefix: str) -> Iterator[pl.Expr]:
    latency, energy = pl.col(f"{prefix}latency_s"), pl.col(f"{prefix}energy_j")
    yield pl.when(latency > 0).then(energy / latency).alias(f"{prefix}power_w")
    yield (latency * energy).alias(f"{prefix}{PRODUCT}")
