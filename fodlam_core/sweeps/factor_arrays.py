"""The factors of a box as a table: over arrays where rules offer that, else asked one by one.

A rule may have a method ``factors_over(source, node_nm, vdd)``, which takes columns of numbers (the
voltage None where nobody tells it) and returns those of the time and of the energy factor. Points
where these are not factors are asked for one by one, and so tell why they are refused.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import polars as pl

from fodlam_core.model.technology import MOST, Multipliers
from fodlam_core.plugins import isolated
from fodlam_core.scaling.supply import LEAST_V, NOMINAL_V, check_supply, highest_vdd
from fodlam_core.sweeps.factors import FactorSource, Points
from fodlam_core.sweeps.keys import TECHNOLOGY
from fodlam_core.sweeps.tables import factor_frame, points, product, slice_frame

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.estimates.scaling import Route
    from fodlam_core.sweeps.costs import Slot
    from fodlam_core.sweeps.grid import Slice

NODE, VDD = "technology.node_nm", "technology.vdd"
TIME, ENERGY = (f"{name} factor" for name in Multipliers._fields)
REFUSAL = "refusal"


def factor_table(
    source: FactorSource, accelerators: Mapping[Slot, Accelerator], box: Sequence[Slice]
) -> pl.DataFrame:
    """Return the factors of a box, a row for each technology point, for each accelerator in turn.

    Args:
        source: what asks the rules.
        accelerators: the accelerators, their options applied.
        box: what the axes go through.
    """
    axes = [axis for each in box for axis in each.group if axis.changes == TECHNOLOGY]
    numbers = all(axis.key in (NODE, VDD) and axis.type in ("int", "float") for axis in axes)
    if not axes or not numbers:
        answers = source.get(accelerators, points(box, TECHNOLOGY))
        return factor_frame([answers[slot] for slot in accelerators])
    wanted = product([frame for frame in map(_technology, box) if frame.width])
    made = [
        _filled(_over(source, accelerator, wanted), source, slot, accelerator, wanted)
        for slot, accelerator in accelerators.items()
    ]
    named = [table.select(pl.all().name.suffix(f" {number}")) for number, table in enumerate(made)]
    return pl.concat(named, how="horizontal") if named else pl.DataFrame()


def _technology(each: Slice) -> pl.DataFrame:
    return slice_frame(each).select(axis.key for axis in each.group if axis.changes == TECHNOLOGY)


def _filled(
    table: pl.DataFrame | None,
    source: FactorSource,
    slot: Slot,
    accelerator: Accelerator,
    wanted: pl.DataFrame,
) -> pl.DataFrame:
    """Return factors, those that are missing asked for one by one."""
    number = pl.int_range(wanted.height, dtype=pl.UInt32, eager=True)
    left = number if table is None else number.filter(table[TIME].is_null())
    known = pl.lit(None, pl.String).alias(REFUSAL)
    if table is not None and not len(left):
        return table.with_columns(known)
    rows = wanted[left].rows()
    told = factor_frame([source.get({slot: accelerator}, Points(wanted.columns, rows, rows))[slot]])
    told = told.rename(lambda name: name.removesuffix(" 0"))
    if table is None:
        return told
    rest = table.with_columns(known, number.alias("row")).filter(pl.col(TIME).is_not_null())
    return pl.concat([rest, told.with_columns(left.alias("row"))]).sort("row").drop("row")


def _over(
    source: FactorSource, accelerator: Accelerator, wanted: pl.DataFrame
) -> pl.DataFrame | None:
    """Return what the rule tells over arrays, null where it is not a factor.

    None where it offers none, or where they are not what they should be.
    """
    route = source.route(accelerator, {})
    if isinstance(route, str):
        return None
    _, unfit = isolated(check_supply, route.source)
    if unfit:
        return None
    rule = getattr(route.scaler, "factors_over", None)
    if not callable(rule):
        return None
    asked = source.asked
    nodes = _column(wanted, NODE, asked.node_nm or route.source.node_nm)
    told = VDD in wanted.columns or asked.vdd is not None
    volts = _column(wanted, VDD, asked.vdd) if told else None
    found, _ = isolated(rule, route.source, nodes, volts)
    made, _ = isolated(_table, found, wanted.height)
    if made is None:
        return None
    if route.split is not None:
        made = made.with_columns(route.split.over(pl.col(ENERGY)).alias(ENERGY))
    # Equal points, which no rule is asked about.
    own = route.source
    same = nodes == own.node_nm
    if volts is not None:
        same &= volts == own.vdd if own.vdd is not None else False
    if asked.flavor in (None, own.flavor):
        made = made.with_columns(pl.when(same).then(1.0).otherwise(pl.all()).name.keep())
    return _checked(made, route, nodes, volts)


def _column(points: pl.DataFrame, key: str, value: float | None) -> pl.Series:
    if key in points.columns:
        column: pl.Series = points[key].cast(pl.Float64)
        return column
    return pl.repeat(value, points.height, dtype=pl.Float64, eager=True)


def _table(found: object, height: int) -> pl.DataFrame | None:
    """Return the answer of a rule as columns; None if it has none, or none of that length."""
    if not isinstance(found, tuple):
        return None
    made = pl.DataFrame(dict(zip((TIME, ENERGY), found, strict=True))).cast(pl.Float64)
    return made if made.height == height else None


def _checked(
    made: pl.DataFrame, route: Route, nodes: pl.Series, volts: pl.Series | None
) -> pl.DataFrame:
    """Return factors, null where `ScalingFactors` or `check_supply` would refuse them."""
    time, energy = pl.col(TIME), pl.col(ENERGY)
    power = energy / time
    good = (power > 0) & power.is_finite() & time.is_finite() & energy.is_finite()
    good &= time.is_between(0, MOST, closed="right") & energy.is_between(0, MOST, closed="right")
    if volts is not None:
        made = made.with_columns(volts.alias("volts"), _highest_vdd(nodes).alias("most"))
        good &= pl.col("volts").is_between(LEAST_V, pl.col("most"))
    held = pl.lit(1.0) if route.clock == "hold" else time
    return made.select(
        pl.when(good).then(held).alias(TIME), pl.when(good).then(energy).alias(ENERGY)
    )


@functools.cache
def _supplies() -> tuple[pl.Series, pl.Series]:
    nodes = [node for node, *_ in NOMINAL_V]
    return pl.Series(nodes), pl.Series(map(highest_vdd, nodes))


def _highest_vdd(nodes: pl.Series) -> pl.Series:
    """Return what `scaling.supply.highest_vdd` says of each node."""
    bounds, volts = _supplies()
    return volts.gather(bounds.search_sorted(nodes, side="left"))
