"""Layers predicted from others."""

from __future__ import annotations

import pytest

from fodlam_core import PredictionError, Registry
from fodlam_core.predictors.per_mac import PerMac
from fodlam_core.validation.held_out import cross_validate, without


def test_no_fit_has_seen_what_it_predicts(registry: Registry) -> None:
    """Every measured layer is predicted once, from a fit without its network."""
    rows = registry.accelerator("eyeriss").calibration("conv")

    results = cross_validate(PerMac(), rows, "leave-one-network-out")

    held = [each.measurement for result in results for each in result.layers]
    assert sorted(map(id, rows)) == sorted(map(id, held))
    for result in results:
        networks = {row.network for row in result.fold.training}
        assert networks.isdisjoint(each.measurement.network for each in result.layers)


def test_a_refusal_is_a_note(registry: Registry) -> None:
    """A predictor that cannot tell leaves its reason instead of layers."""

    class Refusing(PerMac):
        def fit(self, measurements: object) -> object:
            raise PredictionError("no")

    rows = registry.accelerator("eie").calibration("fc")
    results = cross_validate(Refusing(), rows, "leave-one-network-out")

    assert {((), ("no",))} == {(result.layers, result.notes) for result in results}


def test_hidden_fields(registry: Registry) -> None:
    """A field that is hidden is not known; the others stay."""
    [row, *_] = registry.accelerator("eie").calibration("fc")

    hidden = without(row.layer, frozenset({"weight_density"}))

    assert hidden.weight_density is None
    assert pytest.approx(row.layer.activation_density) == hidden.activation_density
