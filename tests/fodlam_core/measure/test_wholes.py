"""Networks are run as a whole in passes, and the samples of all passes count."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fodlam_core import FcShape, Layer, Network
from fodlam_core.measure import wholes
from fodlam_core.measure.found import Found, Whole
from fodlam_core.measure.meters import Meter
from fodlam_core.measure.pace import Pace
from fodlam_core.measure.selection import Effort
from fodlam_core.measure.sessions import Setting
from fodlam_core.measure.timing import Timed
from fodlam_core.measure.wholes import Wholes

if TYPE_CHECKING:
    import pytest

KEY = "cpu-fp32-1t", "net", 1
EFFORT = Effort(5.0, 3, 3, 3, 10**9, 10**9, ())
PACE = Pace(lambda: 1.0, [1.0])
WHOLE = Whole(Network("net", [Layer.from_shape("l", FcShape(8, 8))]))


def test_a_burst_falls_on_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one slow pass of three the median is that of the others; energy is measured once."""
    passes = iter([9.0, 1.0, 1.0])
    monkeypatch.setattr(wholes, "rounds", lambda *_: [[Timed(next(passes), 1.0)] * 3])
    asked: list[Any] = []
    counter = Meter("m", "chip", lambda: float(len(asked)))
    monkeypatch.setattr(Meter, "per_run", lambda _, run: asked.append(run) or 2.0)
    found = Found()

    new = list(Wholes(found, Setting(), 1, EFFORT, counter, PACE).measure([WHOLE], math.inf))

    assert [1, 0, 0] == new
    _, sample = found.networks[KEY]
    assert (1.0, 9, 2.0) == (sample.median_s, sample.runs, sample.energy_j)
    assert 1 == len(asked)


def test_what_cannot_be_run_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that does not fit the memory is skipped in the first pass, and not tried again."""
    monkeypatch.setattr("fodlam_core.measure.machine.free_memory_bytes", lambda: 1)
    found = Found()

    assert [1] == list(Wholes(found, Setting(), 1, EFFORT, None, PACE).measure([WHOLE], math.inf))

    assert {} == found.networks
    [skipped] = found.skipped
    assert skipped.startswith("net as a whole (cpu-fp32-1t): there is not enough memory for it")


def test_what_cannot_fit_the_time_is_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network whose runs take longer than there is time, at the best rate, is told at once."""
    monkeypatch.setattr(wholes, "network_model", lambda *_: pytest.fail("it is built"))
    found = Found()
    large = Whole(Network("large", [Layer.from_shape("l", FcShape(10**5, 10**5))]))

    assert [1] == list(Wholes(found, Setting(), 8, EFFORT, None, PACE).measure([large], math.inf))

    [told] = found.skipped
    assert "runs of 1.38 ks or more do not fit the 5 s there are" in told


def test_what_is_slow_is_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network whose first run shows that the others do not fit the time is not run again."""
    runs: list[Any] = []
    monkeypatch.setattr(wholes, "runner", lambda *_: lambda: runs.append(None) or 3.0)
    found = Found()

    assert [1] == list(Wholes(found, Setting(), 1, EFFORT, None, PACE).measure([WHOLE], math.inf))

    assert ({}, 1) == (found.networks, len(runs))
    assert "13 runs of 3 s or more do not fit the 5 s there are" in found.skipped[0]


def test_a_file_is_run_as_it_is() -> None:
    """At another precision a network file has no model, and that is told."""
    found = Found()
    whole = Whole(WHOLE.network, "net.onnx")
    made = Wholes(found, Setting(precision="int8"), 1, EFFORT, None, PACE)

    assert [1] == list(made.measure([whole], 0.0))

    assert {} == found.networks
    told = "net as a whole (cpu-int8-1t): an ONNX file is run as it is, at fp32 only"
    assert [told] == found.skipped


def test_what_has_no_model_is_told() -> None:
    """A network with a layer that nothing is known of but its MACs is not run, and that is told."""
    found = Found()
    bare = Whole(Network("bare", [Layer("l", "fc", 500)]))

    assert [1] == list(Wholes(found, Setting(), 1, EFFORT, None, PACE).measure([bare], math.inf))

    [told] = found.skipped
    assert told == "bare as a whole (cpu-fp32-1t): a layer of it has no model, or repeats too often"
