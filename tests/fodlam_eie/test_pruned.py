"""EIE's layers without densities: intervals from a prior."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import Accelerator, FcShape, Layer, Network, Registry, estimate, load_registry
from fodlam_core.predictors.nearest import Nearest
from fodlam_core.report.units import quantity
from fodlam_core.validation.intervals import interval_rule
from fodlam_eie.microarchitecture import fastest_s
from fodlam_eie.pruned import ACTIVATIONS, WEIGHTS, FittedPruned, Pruned

PEAK = 51.2e9
FITTED: FittedPruned = Pruned().fit(load_registry().accelerator("eie").calibration("fc"))

layers = st.builds(
    lambda inputs, outputs: Layer.from_shape("F", FcShape(inputs, outputs)),
    st.integers(1, 30_000),
    st.integers(1, 30_000),
)
densities = st.none() | st.floats(0.01, 1)


@pytest.fixture
def eie(registry: Registry) -> Accelerator:
    """The accelerator."""
    return registry.accelerator("eie")


def test_the_prior_is_what_was_measured(eie: Accelerator) -> None:
    """It reaches from the least to the greatest density of all nine layers, and a note says so."""
    for field, ends in (("weight_density", WEIGHTS), ("activation_density", ACTIVATIONS)):
        known = [getattr(row.layer, field) for row in eie.measurements]
        assert (min(known), max(known)) == pytest.approx(ends)
    assert "assumes weights pruned to 4 to 25 %" in FITTED.notes[0]


@given(layers, densities, densities)
def test_the_prediction_lies_in_its_interval(
    layer: Layer, weights: float | None, activations: float | None
) -> None:
    """Whatever is known of the densities, the ends hold the prediction."""
    layer = attrs.evolve(layer, weight_density=weights, activation_density=activations)
    low, high = FITTED.bounds(layer)
    cost = FITTED.predict(layer)
    assert (low.latency_s or 0) <= (cost.latency_s or 0) <= (high.latency_s or 0)
    assert (low.energy_j or 0) <= (cost.energy_j or 0) * (1 + 1e-12)
    assert (cost.energy_j or 0) <= (high.energy_j or 0) * (1 + 1e-12)


@given(layers)
def test_a_dense_layer_is_never_faster_than_the_peak_rate(layer: Layer) -> None:
    """With all weights and activations there, no layer takes less than its MACs at the peak."""
    dense = attrs.evolve(layer, weight_density=1.0, activation_density=1.0)
    assert (FITTED.predict(dense).latency_s or 0) >= dense.macs / PEAK * (1 - 1e-12)


def test_measured_layers_of_other_networks_lie_in_the_interval(eie: Accelerator) -> None:
    """Without densities, and with the overhead of other networks, all nine layers lie within."""
    for network in ("AlexNet", "VGG16", "NeuralTalk"):
        fitted = Pruned().fit([each for each in eie.calibration("fc") if each.network != network])
        for row in (each for each in eie.measurements if each.network == network):
            bare = attrs.evolve(row.layer, weight_density=None, activation_density=None)
            low, high = fitted.bounds(bare)
            assert (low.latency_s or 0) <= (row.latency_s or 0) <= (high.latency_s or 0)


def test_the_point_is_that_of_the_nearest_layer(eie: Accelerator) -> None:
    """Without densities the prediction is that of the generic predictor of this name."""
    layer = Layer.from_shape("F", FcShape(2048, 1000))
    generic = Nearest().fit(eie.calibration("fc"))
    assert FITTED.predict(layer) == generic.predict(layer)


def test_the_formula_ends_in_the_prediction(eie: Accelerator) -> None:
    """Where the nearest layer is faster than the chip, the floor is said; elsewhere it is not."""
    generic = Nearest().fit(eie.calibration("fc"))
    large, small = (Layer.from_shape("F", FcShape(*each)) for each in ((2048, 1000), (64, 10)))
    assert generic.explain(large) == FITTED.explain(large)

    text, cost = FITTED.explain(small), FITTED.predict(small)

    assert cost.latency_s == FITTED.fastest(small)
    assert "= 1.42969 ns; x 10.24 = 14.64 ns, as each activation" in text["latency"]
    assert f"= {quantity(cost.energy_j, 'J', 6)}, as each activation" in text["energy"]


def test_a_result_says_what_it_assumes(registry: Registry) -> None:
    """The note of a run names the prior, and the total has its ends."""
    network = Network("Mine", (Layer.from_shape("F", FcShape(2048, 1000)),))
    result = estimate(None, registry, network)
    total = result.totals["total"]
    assert any("assumes weights pruned to 4 to 25 %" in note for note in result.notes)
    assert any("those of a prior" in note for note in result.notes)
    assert total.interval is not None
    assert total.interval.latency_s is not None
    low, high = total.interval.latency_s
    assert high > 5 * low


@given(layers, densities, densities)
def test_nothing_is_faster_than_the_chip(
    layer: Layer, weights: float | None, activations: float | None
) -> None:
    """No prediction, and no end of an interval, is below a cycle for each entry that there is."""
    layer = attrs.evolve(layer, weight_density=weights, activation_density=activations)
    rule = interval_rule(Pruned(), FITTED, load_registry().accelerator("eie").calibration("fc"))
    assert rule is not None
    cost = FITTED.predict(layer)
    interval = rule.interval(layer, FITTED, cost)
    assert interval is not None
    assert interval.latency_s is not None
    assert cost.latency_s is not None
    floor = FITTED.fastest(layer) * (1 - 1e-12)
    assert cost.latency_s >= floor
    assert interval.latency_s[0] >= floor
    assert floor >= 1.2e-9


def test_published_layers_are_not_faster_than_the_chip(eie: Accelerator) -> None:
    """The floor of all nine published layers is below their time."""
    for row in eie.measurements:
        shape, layer = row.layer.shape, row.layer
        assert isinstance(shape, FcShape)
        floor = fastest_s(shape, layer.weight_density or 0, layer.activation_density or 0)
        assert floor < (row.latency_s or 0.0)
