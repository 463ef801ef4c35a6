"""Costs and measurements."""

from __future__ import annotations

import math
from typing import Any

import attrs
import pytest

from fodlam_core import Cost, Layer, Measurement, PluginError

ROW = Measurement("n", Layer("a", "conv", 10), 4, 0.8, 0.5, offchip_latency_s=0.2)


def test_cost_of_one_inference() -> None:
    """A measured cost is divided by its batch."""
    assert Cost(0.2, 0.1, 0.05) == ROW.cost
    assert 0.5 == ROW.cost.power_w


def test_as_printed() -> None:
    """As printed, the cost of the batch stands for one inference."""
    assert Cost(0.8, 0.4, 0.2) == ROW.as_printed().cost


def test_energy_stays_with_total_latency() -> None:
    """A copy with another latency keeps the energy, which goes with the total."""
    assert 0.4 == attrs.evolve(ROW, latency_s=0.6, offchip_latency_s=0.0).energy_j


def test_power_of_nothing() -> None:
    """Where the latency is 0 there is no power."""
    assert Cost(0.0, 0.0).power_w is None


@pytest.mark.parametrize("bad", [1.5, True, "2"])
def test_batches_are_whole(bad: Any) -> None:
    """A batch that is not a whole number is refused, and its row named."""
    with pytest.raises(PluginError, match="n a: batch is .*; give a whole number of at least 1"):
        attrs.evolve(ROW, batch=bad)


@pytest.mark.parametrize("bad", [0, -1, math.nan, math.inf])
@pytest.mark.parametrize("name", ["batch", "latency_s", "power_w"])
def test_measured_numbers_are_positive_and_finite(name: str, bad: Any) -> None:
    """A number that no chip can have shown is refused, and its row named."""
    with pytest.raises(PluginError, match=f"n a: {name}"):
        attrs.evolve(ROW, **{name: bad})


def test_offchip_latency_is_a_part() -> None:
    """Waiting for off-chip memory cannot take longer than everything together."""
    with pytest.raises(PluginError, match="off-chip"):
        attrs.evolve(ROW, offchip_latency_s=0.8)


def test_quartiles_of_repeated_runs_are_the_interval() -> None:
    """Where quartiles are known the interval of one inference spans them and the rounding."""
    details = {"latency_lower_quartile_s": 1.9, "latency_upper_quartile_s": 2.6}
    layer = Layer("L", "fc", 5)

    spread = Measurement("net", layer, 2, 2.0, details=details, latency_rounding_s=0.05)
    narrow = Measurement("net", layer, 2, 2.0, details=details, latency_rounding_s=0.5)
    half = Measurement(
        "net", layer, 2, 2.0, details={"latency_lower_quartile_s": 1.9}, latency_rounding_s=0.05
    )

    assert (0.95, 1.3) == getattr(spread.interval, "latency_s", None)
    assert (0.75, 1.3) == getattr(narrow.interval, "latency_s", None)
    assert (0.975, 1.025) == getattr(half.interval, "latency_s", None)
