"""What is measured, left out, skipped, interrupted and gone on with."""

from __future__ import annotations

import pytest

from fodlam_core import FcShape, Layer, Network
from fodlam_core.measure import campaign, machine, passes
from fodlam_core.measure.campaign import measure
from fodlam_core.measure.found import Found, Whole
from fodlam_core.measure.selection import Effort, items
from fodlam_core.measure.sessions import Setting
from fodlam_core.model.memory_pass import MemoryPass

EFFORT = Effort(5.0, 1, 1, 3, 10**9, 10**9, ())
NETWORK = Network("net", [Layer.from_shape(f"l{size}", FcShape(size, 8)) for size in (8, 16, 32)])
ITEMS, _ = items([NETWORK])
PLAN = [(Setting(), 1), (Setting("cpu", "int8", 1), 2)]


def test_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every shape is measured at every point and batch, then the network, and progress is told."""
    found, told = Found(), []

    measure(found, PLAN, ITEMS, [Whole(NETWORK)], EFFORT, lambda *each: told.append(each))

    assert {"cpu-fp32-1t", "cpu-int8-1t"} == {point for point, *_ in found.layers}
    assert 6 == len(found.layers)
    assert {("cpu-fp32-1t", "net", 1), ("cpu-int8-1t", "net", 2)} == set(found.networks)
    assert (8, 8) == told[-1]
    assert ([], 0, False) == (found.skipped, found.left, found.interrupted)
    assert all(sample.median_s > 0 for _, sample in found.layers.values())


def test_going_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is listed already is not measured again."""
    found = Found()
    measure(found, PLAN[:1], ITEMS[:2], [], EFFORT)
    before = dict(found.layers)

    measure(found, PLAN[:1], ITEMS, [], EFFORT)

    assert 3 == len(found.layers)
    assert before == {key: found.layers[key] for key in before}


def test_the_reference_of_the_first_rows_stays() -> None:
    """What the reference took is known afterwards, and that of earlier rows is not replaced."""
    found = Found()
    measure(found, PLAN[:1], ITEMS[:1], [], EFFORT)
    assert found.references_s["cpu-fp32-1t"] > 0

    found = Found(references_s={"cpu-fp32-1t": 7.0})
    measure(found, PLAN[:1], ITEMS[:1], [], EFFORT)
    assert {"cpu-fp32-1t": 7.0} == found.references_s


def test_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once time is up the rest is counted as left; the first group is always measured."""
    monkeypatch.setattr(passes, "GROUP_MODELS", 1)
    found = Found()

    measure(found, PLAN[:1], ITEMS, [], EFFORT._replace(seconds=0.001))

    assert (1, 2) == (len(found.layers), found.left)


def test_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C leaves what was measured until then."""
    monkeypatch.setattr(passes, "GROUP_MODELS", 1)
    found = Found()

    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    measure(found, PLAN, ITEMS, [], EFFORT, stop)

    assert (2, True) == (len(found.layers), found.interrupted)
    assert ["cpu-fp32-1t"] == list(found.references_s)


def test_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A layer that does not fit the memory is skipped and named; the others are measured."""
    monkeypatch.setattr(machine, "free_memory_bytes", lambda: 3 * 4 * 400)
    found = Found()

    measure(found, PLAN[:1], ITEMS, [Whole(NETWORK)], EFFORT)

    assert 2 == len(found.layers)
    layer, whole = found.skipped
    assert layer.startswith("net l32 (cpu-fp32-1t): there is not enough memory for it")
    assert whole.startswith("net as a whole (cpu-fp32-1t): there is not enough memory")


def test_energy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is a counter, every sample has an energy, and what it covers is known."""
    from fodlam_core.measure.meters import Meter

    joules = iter(range(1000))
    counter = Meter("m", "chip", lambda: float(next(joules)))
    monkeypatch.setattr(campaign, "meter", lambda _provider: counter)
    found, without = Found(), Found()

    measure(found, PLAN[:1], ITEMS[:1], [], EFFORT)
    measure(without, PLAN[:1], ITEMS[:1], [], EFFORT, metered=False)

    [(_, sample)] = found.layers.values()
    assert sample.energy_j is not None
    assert sample.energy_j > 0
    assert "chip" == found.covers
    [(_, sample)] = without.layers.values()
    assert (None, "") == (sample.energy_j, without.covers)


def test_operators(monkeypatch: pytest.MonkeyPatch) -> None:
    """Operators are measured at every point beside the layers, and not again."""
    found, told = Found(), []
    add = MemoryPass("Add", read=2048, written=1024)
    passes = [add, MemoryPass("Gelu", read=1024, written=1024)]
    measure(found, PLAN, ITEMS[:1], [], EFFORT, passes=passes[:1])
    before = found.operators["cpu-fp32-1t", add, 1]

    measure(found, PLAN, [], [], EFFORT, lambda *each: told.append(each), passes=passes)

    assert 4 == len(found.operators)
    assert before == found.operators["cpu-fp32-1t", add, 1]
    assert (4, 4) == told[-1]
