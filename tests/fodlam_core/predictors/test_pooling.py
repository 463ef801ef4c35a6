"""What predictors take from all measured layers."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from fodlam_core import Measurement, PredictionError
from fodlam_core.model.quantities import Amounts
from fodlam_core.predictors.pooling import cost_of, offchip_share, with_shape


def test_layers_without_shape_are_left_out(rows: tuple[Measurement, ...]) -> None:
    """Only layers with a shape count; if none has one, that is the error."""
    bare = [attrs.evolve(row, layer=attrs.evolve(row.layer, shape=None)) for row in rows]

    assert rows[:1] == with_shape("x", [rows[0], bare[1]])
    with pytest.raises(PredictionError, match="as none has a shape"):
        with_shape("x", bare)


def test_off_chip_time_keeps_its_share(row: Callable[..., Measurement]) -> None:
    """A cost has the share of waiting that the measured layers had together."""
    share = offchip_share([row(8, 3, 1.0), row(8, 5, 3.0)])

    assert pytest.approx(0.25) == share
    assert pytest.approx(0.5) == cost_of(Amounts(2.0, 1.0), share).offchip_latency_s
