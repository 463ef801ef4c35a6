"""Predictors of both levels of the hooks."""

from __future__ import annotations

from fodlam_core import Cost, Layer
from fodlam_core.predictors import levels


class One:
    """A fitted predictor of level 1."""

    def predict(self, layer: Layer) -> Cost:
        """Return a second for each MAC."""
        return Cost(float(layer.macs), 1.0)


class Two:
    """A fitted predictor of level 2, with a time for each run."""

    def predict(self, layer: Layer, batch: int) -> Cost:
        """Return a second for each MAC, and one more."""
        return Cost(1.0 + layer.macs * batch, 1.0)

    def overhead(self, batch: int) -> Cost:
        """Return half a second."""
        return Cost(0.5, None)


LAYER = Layer("F", "fc", 10)


def test_level_1_is_linear_in_the_batch() -> None:
    """A predictor that is not told the batch gives so many times the cost of one."""
    assert levels.is_linear(One())
    assert 30.0 == levels.predict(One(), LAYER, 3).latency_s


def test_level_2_is_told_the_batch() -> None:
    """A predictor that takes the batch gets it."""
    assert not levels.is_linear(Two())
    assert 31.0 == levels.predict(Two(), LAYER, 3).latency_s


def test_further_methods_are_of_level_2() -> None:
    """A further method is used where the predictor is told the batch."""
    assert levels.method(One(), "overhead") is None
    assert levels.method(Two(), "outside") is None
    overhead = levels.method(Two(), "overhead")
    assert overhead is not None
    assert 0.5 == overhead(1).latency_s
