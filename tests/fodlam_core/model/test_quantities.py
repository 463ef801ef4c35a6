"""The table of quantities, and the values that follow it."""

from __future__ import annotations

import attrs
import pytest

from fodlam_core.estimates import Totals
from fodlam_core.model.costs import Cost
from fodlam_core.model.quantities import (
    COSTS,
    METRICS,
    RATES,
    Amounts,
    Interval,
    each_known,
    interval_of,
)
from fodlam_core.model.technology import Multipliers, ScalingFactors


def test_amounts_intervals_and_costs_have_a_field_for_each_metric() -> None:
    """The table and the values that hold a number of each row name the same fields in one order."""
    keys = [metric.key for metric in METRICS]
    costs = [field.name for field in attrs.fields(Cost)]

    assert keys == list(Amounts._fields) == list(Interval._fields)
    assert keys == [name for name in costs if name in keys]


def test_quantities_name_factors_and_parts_that_there_are() -> None:
    """What the table says of scaling are fields of factors and of costs."""
    factors, cost = ScalingFactors(2.0, 3.0), Cost(1.0, 1.0)

    assert all(hasattr(factors, each.factor) for each in COSTS if each.factor)
    assert all(hasattr(cost, each.fixed) for each in METRICS if each.fixed)
    assert all(hasattr(Totals, each.key) for each in (*COSTS, *RATES))


def test_a_cost_is_carried_but_for_the_part_that_waits_for_memory() -> None:
    """Latency takes the factor of time without the wait, energy that of energy."""
    cost = Cost(latency_s=1.0, energy_j=2.0, offchip_latency_s=0.25)

    assert cost.carried(Multipliers(time=2.0, energy=3.0)) == Amounts(0.75 * 2 + 0.25, 6.0)


def test_what_is_not_known_stays_unknown() -> None:
    """None is neither multiplied nor added as a zero."""
    half = Amounts(latency_s=1.0)

    assert half.times(2) == Amounts(2.0, None)
    assert half.plus(Amounts(1.0, 1.0)) == Amounts(2.0, None)
    assert half.power_w is None
    assert [(metric.name, value) for metric, value in each_known(half)] == [("latency", 1.0)]


def test_an_interval_is_multiplied_by_one_factor_or_by_one_for_each_metric() -> None:
    """Runs multiply all alike; scaling does not."""
    interval = Interval((1.0, 2.0), (3.0, 4.0))

    assert interval.times(2.0) == Interval((2.0, 4.0), (6.0, 8.0))
    assert interval.times(2.0, 10.0) == Interval((2.0, 4.0), (30.0, 40.0))
    assert interval_of([None, None]) is None


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_keys_end_in_the_unit(metric) -> None:
    """The ends of an interval have keys of the same unit."""
    unit = metric.key.rpartition("_")[2]

    assert metric.end("high") == f"{metric.name}_high_{unit}"
