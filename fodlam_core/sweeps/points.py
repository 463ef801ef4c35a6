"""The points of a box as a lazy frame."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import polars as pl

from fodlam_core.config.load import structure_source
from fodlam_core.errors import ConfigError
from fodlam_core.sweeps.columns import column_names, with_results
from fodlam_core.sweeps.conditions import conditions
from fodlam_core.sweeps.costs import CostSource, Slot
from fodlam_core.sweeps.factor_arrays import factor_table
from fodlam_core.sweeps.factors import FactorSource
from fodlam_core.sweeps.grid import Box, Slice, components
from fodlam_core.sweeps.keys import COSTS, TECHNOLOGY
from fodlam_core.sweeps.tables import cost_frame, dtype, points, product, slice_frame
from fodlam_core.sweeps.verdicts import PROBLEM, VERDICT, VerdictSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fodlam_core.model.costs import Citation
    from fodlam_core.plugins.registry import Registry
    from fodlam_core.sweeps.plan import Plan


class Evaluator:
    """Turns boxes into frames; what it computed for one box serves the next.

    Args:
        plan: the sweep.
        registry: what is installed.
        columns: further columns of the result; ``"all"`` for every column but the verdict.

    Raises:
        FodlamError: if there is no such column, or a condition is wrong.
    """

    def __init__(self, plan: Plan, registry: Registry, columns: Sequence[str] = ()) -> None:
        config, problems = structure_source(plan.source)
        if config is None:
            raise ConfigError(problems)
        self._plan = plan
        self._costs = CostSource(plan.source, registry, linear=plan.batched)
        self._factors = FactorSource(config, registry)
        self._verdicts = VerdictSource(plan, registry)
        self.columns = column_names(plan, columns)
        where = conditions(plan.axes.where, self._schema())
        self._where = [each for each in where if VERDICT not in each.meta.root_names()]
        self._on_verdicts = [each for each in where if VERDICT in each.meta.root_names()]

    def _schema(self) -> pl.Schema:
        axes = {axis.key: dtype(axis) for axis in self._plan.axes.axes}
        texts = {PROBLEM: pl.String(), VERDICT: pl.String()}
        names = column_names(self._plan, ("all", VERDICT))
        return pl.Schema({name: (axes | texts).get(name, pl.Float64()) for name in names})

    def frame(self, box: Box) -> pl.LazyFrame:
        """Return the points of a box with the columns of the result."""
        tables, slots = self._tables(box)
        frame = _points(box, tables)
        frame = with_results(frame, self._plan, slots)
        for condition in self._where:
            frame = frame.filter(condition)
        if VERDICT in self.columns or self._on_verdicts:
            frame = self._verdicts.put(frame)
            for condition in self._on_verdicts:
                frame = frame.filter(condition)
        return frame.select(self.columns)

    def judged(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return rows of a result with their verdict, before the column of problems."""
        judged = self._verdicts.put(rows.lazy()).collect()
        return judged.select(*rows.columns[:-1], VERDICT, PROBLEM)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What counts against the costs of the boxes that were asked for."""
        return tuple(self._costs.remarks)

    @property
    def doubts(self) -> tuple[str, ...]:
        """The doubts of the verdicts that were asked for."""
        return tuple(self._verdicts.doubts)

    @property
    def citations(self) -> list[Citation]:
        """The publications behind the points of the boxes that were asked for."""
        return list(dict.fromkeys(each.citation for each in self._costs.accelerators.values()))

    def _tables(self, box: Box) -> tuple[dict[str, pl.DataFrame], int]:
        """Return the native costs and the factors that the box needs, by what tells them apart."""
        keys, _, variants = points(box, COSTS)
        costs = [self._costs.get(dict(zip(keys, values, strict=True))) for values in variants]
        slots: list[Slot] = list(dict.fromkeys(slot for each in costs for slot, _ in each.cells))
        chips = {slot: self._costs.accelerators[slot] for slot in slots}
        factors = factor_table(self._factors, chips, box)
        refusals = [name for name in factors.columns if name.startswith("refusal")]
        factors = factors.drop(name for name in refusals if factors[name].is_null().all())
        return {
            COSTS: cost_frame(costs, slots, self._plan.kinds),
            TECHNOLOGY: factors,
        }, len(slots)


def _points(box: Box, tables: Mapping[str, pl.DataFrame]) -> pl.LazyFrame:
    """Return the product of axes, native costs and factors."""
    frames: list[pl.LazyFrame] = []
    rest = dict(tables)
    for what, slices in components(box):
        frames.append(_component(what, slices, tables))
        for each in what:
            rest.pop(each, None)
    frames += [table.lazy() for table in rest.values() if table.width]
    return reduce(lambda left, right: left.join(right, how="cross"), frames)


def _component(
    what: set[str], slices: Sequence[Slice], tables: Mapping[str, pl.DataFrame]
) -> pl.LazyFrame:
    """Return the product of some groups of axes, with the costs and factors that they tell."""
    if len(what) == 1:
        frame = product([slice_frame(each) for each in slices])
        table = tables.get(*what)
        return (frame if table is None else frame.hstack(table)).lazy()
    return _joined([each for each in (COSTS, TECHNOLOGY) if each in what], slices, tables)


def _joined(
    what: Iterable[str], slices: Sequence[Slice], tables: Mapping[str, pl.DataFrame]
) -> pl.LazyFrame:
    """Return the same where one group of axes changes several things at once.

    Costs and factors are then found by their place in their tables, which is computed from the
    places of the values on their axes.
    """
    frames = [slice_frame(each).lazy() for each in slices]
    for name in what:
        stride = 1
        for position, each in reversed(list(enumerate(slices))):
            matters = any(axis.changes == name for axis in each.group)
            place = pl.int_range(pl.len(), dtype=pl.UInt32) * (stride if matters else 0)
            frames[position] = frames[position].with_columns(place.alias(f"{name} {position}"))
            stride *= len(each) if matters else 1
    frame = reduce(lambda left, right: left.join(right, how="cross"), frames)
    for name in what:
        places = [f"{name} {position}" for position in range(len(slices))]
        table = tables[name].with_row_index(name).lazy()
        frame = frame.with_columns(pl.sum_horizontal(places).cast(pl.UInt32).alias(name))
        frame = frame.drop(places).join(table, on=name, how="left", maintain_order="left")
    return frame
