"""The cost per MAC of the layer that is most alike."""

from __future__ import annotations

import attrs
import pytest

from fodlam_core import Measurement
from fodlam_core.predictors.nearest import Nearest


def test_nearest_takes_the_layer_of_the_same_shape(rows: tuple[Measurement, ...]) -> None:
    """A measured layer is predicted as measured when it is among those fitted to."""
    fitted = Nearest().fit(rows)
    for row in rows:
        assert fitted.predict(row.layer) == row.cost


def test_nearest_pools_ties(rows: tuple[Measurement, ...]) -> None:
    """Layers of equal distance are pooled by their MACs."""
    twin = attrs.evolve(rows[0], latency_s=3e-3, energy_j=3e-3)
    assert Nearest().fit([rows[0], twin]).predict(rows[0].layer).latency_s == pytest.approx(2e-3)
