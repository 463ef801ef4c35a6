"""The rates of operators without MACs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.model.costs import Cost
from fodlam_core.model.memory_pass import MemoryPass
from fodlam_core.model.pass_measurement import PassMeasurement
from fodlam_core.predictors.per_element import Charge, PerElement, totals

SIZES = (1000, 10_000, 100_000)


def rows(operator: str, call_s: float, element_s: float) -> list[PassMeasurement]:
    """Return what passes of a rate take, with an energy of twice as many joules."""
    costs = [call_s + element_s * size for size in SIZES]
    return [
        PassMeasurement(MemoryPass(operator, size, size), 1, Cost(cost, 2 * cost))
        for size, cost in zip(SIZES, costs, strict=True)
    ]


def charge(fitted: PerElement, what: MemoryPass, batch: int = 1) -> Charge:
    """Return what one kind of pass costs."""
    [found] = fitted.charge([what], batch)
    return found


@given(st.floats(0, 1e-4), st.floats(1e-12, 1e-8), st.integers(1, 10**6), st.integers(1, 64))
def test_rate_is_found_again(call_s: float, element_s: float, size: int, batch: int) -> None:
    """Passes that have a rate have it in a network too, as often as they run and in a batch."""
    fitted = PerElement(rows("Add", call_s, element_s))

    found = charge(fitted, MemoryPass("Add", size, 1, count=3), batch)

    expected = 3 * (call_s / batch + element_s * size)
    assert found.cost is not None
    assert found.cost.latency_s == pytest.approx(expected, rel=1e-6)
    assert found.cost.energy_j == pytest.approx(2 * expected, rel=1e-6)
    assert fitted.residuals() == pytest.approx([0.0] * 3, abs=1e-6)


@pytest.mark.parametrize(
    ("operator", "rate_of"),
    [
        ("Swish", "Swish"),
        ("Tanh", "Sigmoid"),
        ("Mish", "Sigmoid"),
        ("Clip", "Add"),
        ("Sub broadcast", "Mul broadcast"),
        ("LogSoftmax", None),
        ("TopK", None),
    ],
)
def test_like_operators_stand_in(operator: str, rate_of: str | None) -> None:
    """An operator has its own rate, else that of one that does like work, else none."""
    fitted = PerElement(
        row
        for index, name in enumerate(("Swish", "Sigmoid", "Add", "Mul broadcast"), start=1)
        for row in rows(name, 0.0, index * 1e-9)
    )

    found = charge(fitted, MemoryPass(operator, 5, 5))

    assert (found.rate_of, found.cost is None) == (rate_of, rate_of is None)
    assert found.stands_in == (rate_of not in (None, operator))


def test_what_costs_nothing_is_free() -> None:
    """Passes that take no time where they were measured take none elsewhere."""
    free = [PassMeasurement(MemoryPass("Relu", size, size), 1, Cost(0.0, None)) for size in SIZES]

    assert charge(PerElement(free), MemoryPass("Relu", 50, 50)).cost == Cost(0.0, None)


@pytest.mark.parametrize("operator", ["Clip", "Mul broadcast"])
def test_what_costs_nothing_stands_in_for_nothing(operator: str) -> None:
    """An operator that was computed as part of a layer tells nothing of others like it."""
    free = [PassMeasurement(MemoryPass("Relu", size, size), 1, Cost(0.0, None)) for size in SIZES]
    what = MemoryPass(operator, 50, 50)

    assert charge(PerElement(free), what) == Charge(what, None, None)
    assert charge(PerElement([*free, *rows("Add", 0.0, 1e-9)]), what).rate_of == "Add"


def test_energy_is_known_where_every_row_has_it() -> None:
    """A row without an energy leaves that of its operator open."""
    some = [*rows("Add", 0.0, 1e-9), PassMeasurement(MemoryPass("Add", 9, 9), 1, Cost(1.0, None))]

    found = charge(PerElement(some), MemoryPass("Add", 5, 5))

    assert found.cost is not None
    assert found.cost.energy_j is None


def test_totals_are_by_operator() -> None:
    """Passes of an operator add up over their sizes; what is not known is not in it."""
    fitted = PerElement(rows("Add", 0.0, 1e-9))
    passes = [MemoryPass("Add", 5, 5), MemoryPass("Add", 7, 7, count=2), MemoryPass("TopK", 5, 5)]

    found = totals(fitted.charge(passes))

    assert list(found) == ["Add"]
    assert found["Add"][0] == 3
    assert found["Add"][1].latency_s == pytest.approx(19e-9)
