"""FODLAM's predictor."""

from __future__ import annotations

import pytest

from fodlam_core import Cost, Layer, Measurement, PredictionError
from fodlam_core.predictors.per_mac import FittedPerMac, PerMac


def test_pooled() -> None:
    """The cost of a MAC is the sum of costs over the sum of MACs, not the mean of ratios."""
    rows = [
        Measurement("n", Layer("a", "conv", 10), 1, 1.0, 2.0, 0.25),
        Measurement("n", Layer("b", "conv", 30), 2, 6.0, 1.0),
    ]

    fitted = PerMac().fit(rows)

    assert Cost(2.0, 2.5, 0.125) == fitted.predict(Layer("c", "conv", 20))


def test_nothing_to_average() -> None:
    """Without measurements there is no prediction."""
    with pytest.raises(PredictionError, match="no measured layer"):
        PerMac().fit([])


def test_formula() -> None:
    """The formula of a prediction says what was pooled, and over how many MACs."""
    rows = [Measurement("n", Layer("a", "conv", 10), 1, 1.0, 2.0, 0.25)]

    fitted = PerMac().fit(rows)

    pooled = "sum of costs / sum of MACs = 1 s / 10 MAC = 100 ms/MAC; x 20 MAC = 2 s"
    assert pooled == fitted.explain(Layer("c", "conv", 20))["latency"]
    bare = FittedPerMac(fitted.cost_per_mac).explain(Layer("c", "conv", 20))
    assert "200 mJ/MAC; x 20 MAC = 4 J" == bare["energy"]
