"""Operators without MACs are measured by the difference that they make."""

from __future__ import annotations

import itertools
import math
from typing import Any

import attrs
import pytest

from fodlam_core import FcShape, Layer, Network
from fodlam_core.measure import operator_passes
from fodlam_core.measure.found import Found
from fodlam_core.measure.meters import Meter
from fodlam_core.measure.operator_models import RECIPES
from fodlam_core.measure.operator_passes import Operators, default_passes, passes_of
from fodlam_core.measure.pace import Pace
from fodlam_core.measure.selection import Effort
from fodlam_core.measure.sessions import Setting
from fodlam_core.model.memory_pass import MemoryPass

pytest.importorskip("onnx")
SWISH = MemoryPass("Swish", read=2048, written=2048)
GELU = MemoryPass("Gelu", read=2048, written=2048)
EFFORT = Effort(5000.0, 2, 4, 3, 10**9, 10**9, ())


def measured(
    monkeypatch: pytest.MonkeyPatch, times_s: dict[int, float], counter: Meter | None = None
) -> Found:
    """Measure two operators with a clock: seconds of a model by the number of runners before it."""
    made = itertools.count()

    def runner(*_: Any, **__: Any) -> Any:
        number = next(made)
        return lambda: times_s.get(number % 4, 0.0)

    monkeypatch.setattr(operator_passes, "runner", runner)
    found = Found()
    pace = Pace(lambda: 1.0, [1.0])
    one = Operators(
        found=found, setting=Setting(), batch=1, effort=EFFORT, counter=counter, pace=pace
    )
    assert 2 == sum(one.measure([SWISH, GELU], math.inf))
    return found


def test_it_is_what_a_model_takes_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between convolutions the same without the operator is subtracted, else a call of nothing."""
    monkeypatch.setattr(operator_passes.random, "Random", lambda _: Unshuffled())
    # Of each group the first runs nothing, then Swish with it and without it, then Gelu.
    found = measured(monkeypatch, {0: 1.0, 1: 9.0, 2: 5.0, 3: 4.0})

    swish, gelu = (found.operators["cpu-fp32-1t", what, 1] for what in (SWISH, GELU))
    assert (4.0, 3.0) == (swish.median_s, gelu.median_s)
    assert (6, 6) == (swish.runs, gelu.runs)  # two passes that agree


def test_it_takes_no_less_than_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator that a layer takes along costs nothing, whatever the clock says."""
    found = measured(monkeypatch, {0: 5.0, 1: 5.0, 2: 5.1, 3: 5.0})

    assert {0.0} == {sample.median_s for sample in found.operators.values()}


def test_energy_is_a_difference_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The energy of a run without the operator is subtracted, and what is counted is known."""
    joules = iter([9.0, 4.0, 2.0, 3.0])
    monkeypatch.setattr(Meter, "per_run", lambda *_: next(joules))

    found = measured(monkeypatch, {}, Meter("m", "chip", float))

    assert {5.0, 0.0} == {sample.energy_j for sample in found.operators.values()}
    assert "chip" == found.covers


def test_what_does_not_fit_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator that the memory does not hold is skipped, and named once."""
    monkeypatch.setattr("fodlam_core.measure.machine.free_memory_bytes", lambda: 1)
    found = Found()
    one = Operators(
        found=found,
        setting=Setting(),
        batch=1,
        effort=EFFORT,
        counter=None,
        pace=Pace(lambda: 1.0, [1.0]),
    )

    list(one.measure([SWISH], math.inf))

    [told] = found.skipped
    assert told.startswith("Swish (cpu-fp32-1t): there is not enough memory")


def test_what_cannot_fit_the_time_is_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tensors that take longer to make than operators have time are told at once."""
    monkeypatch.setattr(operator_passes, "operator_models", lambda *_: pytest.fail("it is built"))
    monkeypatch.setattr("fodlam_core.measure.machine.free_memory_bytes", lambda: 10**15)
    found = Found()
    pace, effort = Pace(lambda: 1.0, [1.0]), EFFORT._replace(seconds=20.0)

    list(Operators(found, Setting(), 10**6, effort, None, pace).measure([SWISH, GELU], math.inf))

    assert {} == found.operators
    assert all("1 run of 16.4 s or more does not fit the 3 s" in each for each in found.skipped)
    assert 2 == len(found.skipped)


def test_what_is_slow_is_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator whose first run shows that the others do not fit the time is not run again."""
    runs: list[Any] = []
    monkeypatch.setattr(
        operator_passes, "runner", lambda *_, **__: lambda: runs.append(None) or 3.0
    )
    found = Found()
    pace, effort = Pace(lambda: 1.0, [1.0]), EFFORT._replace(seconds=100.0)

    list(Operators(found, Setting(), 1, effort, None, pace).measure([SWISH], math.inf))

    assert ({}, 2) == (found.operators, len(runs))  # with it and without
    assert "15 runs of 6 s or more do not fit the 15 s there are" in found.skipped[0]


def test_large_ones_are_not_in_memory_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group has as many operators as fit the caches a few times, and one at the least."""
    monkeypatch.setattr(operator_passes, "GROUP_BYTES", 40_000)
    made = Operators(Found(), Setting(), 1, EFFORT, None, Pace(lambda: 1.0, [1.0]))
    large = attrs.evolve(SWISH, read=20_000, written=20_000)

    assert [[SWISH, GELU], [large], [SWISH]] == list(made._groups([SWISH, GELU, large, SWISH]))


def test_every_recipe_is_measured() -> None:
    """Each operator that there is a model of is measured at three sizes or more."""
    names = [each.operator for each in default_passes()]

    assert set(RECIPES) == set(names)
    assert {3, 4} == {names.count(name) for name in names}


def test_passes_of_networks_are_measured_once() -> None:
    """What two networks share is measured once, and what there is no model of not at all."""
    layers = [Layer.from_shape("F", FcShape(8, 8))]
    odd = MemoryPass("TopK", read=8, written=8)
    first = Network("a", layers, memory_passes=[attrs.evolve(SWISH, count=3), odd])
    second = Network("b", layers, memory_passes=[SWISH, GELU])

    assert [SWISH, GELU] == passes_of([first, second])


class Unshuffled:
    """Draws everything in order."""

    def sample(self, items: list[Any], _count: int) -> list[Any]:
        """Return the items."""
        return items
