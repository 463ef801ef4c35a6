"""Layers are measured in passes, and the samples of all passes count."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import pytest

from fodlam_core import ConvShape, FcShape, Layer, Network
from fodlam_core.measure import passes
from fodlam_core.measure.found import Found, Task
from fodlam_core.measure.pace import Pace
from fodlam_core.measure.passes import MOST_COPIES, Passes
from fodlam_core.measure.selection import Effort, items
from fodlam_core.measure.sessions import Setting
from fodlam_core.measure.timing import Timed

if TYPE_CHECKING:
    from collections.abc import Callable

NETWORK = Network("net", [Layer.from_shape(f"l{size}", FcShape(size, 8)) for size in (8, 16)])
TASKS = [Task(Setting(), 1, item) for item in items([NETWORK])[0]]


def measured(
    monkeypatch: pytest.MonkeyPatch, times_of: Callable[[int], tuple[float, float]], number: int
) -> tuple[Found, list[int], int]:
    """Measure with a clock that tells the time of a pass; return also what was new, and calls."""
    calls: list[int] = []

    def rounds(turns: list[Any], runs: int, _until_s: float, _pace: Any) -> list[list[Timed]]:
        calls.append(len(turns) - 2)
        time, pace = times_of(len(calls))
        copies = [[Timed(count * 1.0, 1.0)] * runs for count in (1, MOST_COPIES)]
        return [*copies, *([Timed(time * turn.copies, pace)] * runs for turn in turns[2:])]

    monkeypatch.setattr(passes, "rounds", rounds)
    found = Found()
    effort = Effort(5.0, number, number + 2, 3, 10**9, 10**9, ())
    made = Passes(found, effort, None, Pace(lambda: 1.0, [1.0]))
    return found, list(made.measure(TASKS, math.inf)), len(calls)


def test_a_burst_falls_on_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one slow pass of three the median is that of the others, from all samples."""
    found, new, calls = measured(monkeypatch, lambda call: (9.0 if call == 1 else 1.0, 1.0), 3)

    assert [2, 0, 0, 0, 0] == new  # the last two as they are spread
    assert 5 == calls
    assert [(1.0, 15)] * 2 == [(each.median_s, each.runs) for _, each in found.layers.values()]


def test_disturbed_samples_are_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the reference is slow nothing counts that is measured in a better moment later."""
    slow = 6.0, 1.4
    found, _, calls = measured(monkeypatch, lambda call: slow if call < 3 else (3.0, 1.0), 2)

    assert 4 == calls  # until there are enough
    assert [(3.0, 6)] * 2 == [(each.median_s, each.runs) for _, each in found.layers.values()]


def test_a_machine_that_is_disturbed_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """After some passes what there is counts, corrected by the reference."""
    found, _, calls = measured(monkeypatch, lambda _: (3.0, 1.5), 2)

    assert 4 == calls
    assert [2.0] * 2 == [each.median_s for _, each in found.layers.values()]


def test_layers_that_agree_have_no_further_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is measured once more when the passes agree."""
    found, _, calls = measured(monkeypatch, lambda _: (1.0, 1.0), 2)

    assert 2 == calls
    assert [6, 6] == [each.runs for _, each in found.layers.values()]


def test_copies_tell_what_a_call_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one copy takes beside its share of several is the call, which no layer includes."""
    call, layer, tiny = 5.0, 9.0, 1.0

    def rounds(turns: list[Any], runs: int, _until_s: float, _pace: Any) -> list[list[Timed]]:
        each = [tiny, tiny, *(layer for _ in turns[2:])]
        times = [call + one * turn.copies for one, turn in zip(each, turns, strict=True)]
        return [[Timed(time, 1.0)] * runs for time in times]

    monkeypatch.setattr(passes, "rounds", rounds)
    found = Found()
    effort = Effort(5.0, 1, 1, 3, 10**9, 10**9, ())
    list(Passes(found, effort, None, Pace(lambda: 1.0, [1.0])).measure(TASKS, math.inf))

    assert [pytest.approx(call)] == list(found.overheads_s.values())
    assert [pytest.approx(layer)] * 2 == [each.median_s for _, each in found.layers.values()]


def test_a_first_pass_takes_the_time_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its part of the time does not suffice, layers have few runs rather than none."""
    ticks = itertools.count(0.0, 10.0)
    monkeypatch.setattr(passes, "GROUP_MODELS", 1)
    monkeypatch.setattr(passes.time, "monotonic", lambda: next(ticks))
    monkeypatch.setattr(
        passes, "rounds", lambda turns, *_: [[Timed(each.copies, 1.0)] for each in turns]
    )
    found = Found()
    effort = Effort(40.0, 4, 4, 3, 10**9, 10**9, ())

    list(Passes(found, effort, None, Pace(lambda: 1.0, [1.0])).measure(TASKS, 40.0))

    assert len(TASKS) == len(found.layers)
    assert 0 == found.left


def test_what_cannot_be_measured_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A layer that does not fit the memory is skipped in the first pass, and not tried again."""
    monkeypatch.setattr("fodlam_core.measure.machine.free_memory_bytes", lambda: 1)
    found, _, _ = measured(monkeypatch, lambda _: (1.0, 1.0), 3)

    assert {} == found.layers
    assert ["net l16", "net l8"] == sorted(each.partition(" (")[0] for each in found.skipped)


def test_what_cannot_fit_the_time_is_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch whose runs take longer than there is time, at the best rate, is told at once."""
    monkeypatch.setattr(passes, "layer_model", lambda *_, **__: pytest.fail("it is built"))
    monkeypatch.setattr(passes, "_calls", lambda _: [])
    monkeypatch.setattr(passes, "rounds", lambda *_: [[Timed(1.0, 1.0)], [Timed(1.0, 1.0)]])
    shape = ConvShape.from_input((64, 224, 224), 64, 3, padding=1)
    [item] = items([Network("net", [Layer.from_shape("c", shape)])])[0]
    found = Found()
    effort = Effort(5.0, 1, 1, 3, 10**9, 10**9, ())
    made = Passes(found, effort, None, Pace(lambda: 1e-3, [1e-3]))

    assert [1] == list(made.measure([Task(Setting(), 4096, item)], math.inf))

    assert {} == found.layers
    [why] = found.skipped
    assert "15 runs of 131 s or more do not fit the 5 s there are" in why
