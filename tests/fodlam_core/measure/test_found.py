"""What was measured, by what tells a row."""

from __future__ import annotations

from fodlam_core import FcShape, Layer, Network
from fodlam_core.measure.found import Found, Task
from fodlam_core.measure.meters import Meter
from fodlam_core.measure.selection import items
from fodlam_core.measure.sessions import Setting
from fodlam_core.measure.timing import Sample

SAMPLE = Sample(2.0, 1.0, 3.0, 5)


def test_the_first_use_of_a_shape_names_its_row() -> None:
    """Of layers of equal shape the first stands for all, in keys and in messages."""
    layers = [Layer.from_shape(name, FcShape(8, 8)) for name in ("a", "b")]
    [item], _ = items([Network("net", layers)])
    task = Task(Setting("cpu", "int8", 2), 4, item)

    assert ("cpu-int8-2t", "net", layers[0].key, 4) == task.key
    assert "net a (cpu-int8-2t)" == str(task)


def test_energy_is_added_where_a_counter_tells() -> None:
    """With a counter a sample has an energy, and what it covers is kept; without it neither."""
    joules = iter(range(10_000))
    counter = Meter("m", "chip", lambda: float(next(joules)))
    found = Found()

    assert SAMPLE == found.metered(SAMPLE, None, lambda: 1.0)
    assert "" == found.covers
    assert (found.metered(SAMPLE, counter, lambda: 1.0).energy_j or 0) > 0
    assert "chip" == found.covers
