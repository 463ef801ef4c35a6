"""A chip whose costs are known by a formula, and a predictor with a known error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pytest

from fodlam_core import Accelerator, Citation, Cost, Layer, Measurement, Technology


class FittedOff(NamedTuple):
    """Predicts what the layer costs, times a factor."""

    factor: float

    def predict(self, layer: Layer) -> Cost:
        """Return the cost, off by the factor in time."""
        return Cost(layer.macs * 1e-9 * self.factor, layer.macs * 2e-9)


class Off:
    """A predictor that is off by a quarter in time, whatever it is fitted to."""

    name = "off"
    requires: frozenset[str] = frozenset()

    def fit(self, measurements: Sequence[Measurement]) -> FittedOff:
        """Learn nothing."""
        return FittedOff(1.25)


def measured(network: str, name: str, macs: int, batch: int = 2) -> Measurement:
    """Return a measurement of 1 ns and 2 nJ per MAC."""
    return Measurement(network, Layer(name, "fc", macs), batch, macs * 1e-9 * batch, 2.0)


@pytest.fixture
def chip() -> Accelerator:
    """Two networks on a chip whose only predictor is off by a quarter."""
    return Accelerator(
        "chip",
        "a chip",
        ["fc"],
        Technology(65),
        Citation("key", "text", "@misc{key}"),
        "measured",
        [
            measured("A", "a1", 100),
            measured("A", "a2", 300),
            measured("B", "b1", 500),
            measured("B", "b2", 900),
        ],
        [Off()],
    )
