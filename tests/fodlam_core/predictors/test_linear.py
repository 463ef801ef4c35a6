"""Tests of the linear predictor."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import (
    ConvShape,
    FcShape,
    Layer,
    LayerSums,
    MatmulShape,
    Measurement,
    Network,
    PredictionError,
)
from fodlam_core.model.whole_network import Reference
from fodlam_core.predictors.donors import Coefficients
from fodlam_core.predictors.linear import Linear
from fodlam_core.predictors.products import product
from fodlam_core.predictors.terms import OVERHEAD, SETS, amounts

PLANTED = {
    "pointwise_macs": 1e-12,
    "dense_3x3_macs": 2e-12,
    "depthwise_macs": 9e-12,
    "product_macs": 1e-12,
    "weight_elements": 3e-11,
    "output_elements": 1e-10,
    "layers": 1e-5,
}


def _conv(channels, size, filters, kernel, groups=1):
    shape = ConvShape.from_input(
        (channels, size, size), filters, kernel, padding=kernel // 2, groups=groups
    )
    return Layer.from_shape("C", shape)


def _layers(seed=1, count=60, depthwise=True):
    dice = random.Random(seed)
    for index in range(count):
        channels, size = dice.choice((16, 32, 64, 200)), dice.choice((7, 14, 28, 56))
        filters = dice.choice((24, 64, 130))
        yield (
            _conv(channels, size, filters, 1),
            _conv(channels, size, filters, 3),
            _conv(channels, size, channels, 3, channels if depthwise else 1),
            Layer.from_shape("F", FcShape(channels * size, filters)),
        )[index % 4]


def _cost(layer, batch=1, planted=PLANTED):
    each = amounts(product(layer), planted)
    return sum(c * (a + b * batch) for c, (a, b) in zip(planted.values(), each, strict=True))


def _row(layer, batch=1, factor=1.0):
    return Measurement("Net", layer, batch, factor * _cost(layer, batch), 2.0)


ROWS = [_row(layer, batch) for layer in _layers() for batch in (1, 8)]


def test_planted_costs_come_back():
    """Costs that are a sum of terms are predicted for layers and batches never seen."""
    fitted = Linear().fit(ROWS)
    for layer in _layers(seed=2):
        for batch in (1, 3, 100):
            cost = fitted.predict(layer, batch)
            assert _cost(layer, batch) == pytest.approx(cost.latency_s, rel=1e-3)
            assert 2 * _cost(layer, batch) == pytest.approx(cost.energy_j, rel=1e-3)


def test_rows_count_their_repetitions():
    """A measured layer that runs ten times costs a tenth for one item."""
    rows = [
        Measurement("Net", Layer.from_shape("F", row.layer.shape, repeat=10), 1, 10, 1.0)
        for row in ROWS[:1]
    ]
    assert 1.0 == pytest.approx(Linear().fit(rows).predict(ROWS[0].layer).latency_s)


def _network(seed):
    layers = [
        Layer.from_shape(f"L{number}", layer.shape)
        for number, layer in enumerate(_layers(seed, 8 + 3 * seed))
    ]
    return Network(f"N{seed}", layers)


NETWORKS = {f"N{seed}": _network(seed) for seed in range(12)}
WHOLE = {
    "winograd_macs": 1e-12,
    "sparse_macs": 2e-11,
    "activation_elements": 3e-10,
    "weight_elements": 1e-10,
    "layers": 1e-5,
}


def _reference(name, batch=1):
    total = sum(_cost(layer, batch, WHOLE) for layer in NETWORKS[name].layers)
    return Reference(name, batch, latency_s=total + 1e-3, energy_j=None)


def test_networks_calibrate_layers_and_a_constant_for_each_run():
    """Whole networks alone tell the terms of their layers and what belongs to none."""
    references = [_reference(name, batch) for name in NETWORKS for batch in (1, 4)]
    fitted = Linear().fit([], references, NETWORKS)
    held = _network(20)
    cost = [fitted.predict(layer, 2) for layer in held.layers]
    assert {None} == {each.energy_j for each in cost}
    expected = sum(_cost(layer, 2, WHOLE) for layer in held.layers)
    assert expected == pytest.approx(sum(each.latency_s for each in cost), rel=1e-3)
    assert 1e-3 == pytest.approx(fitted.overhead(2).latency_s, rel=1e-3)
    assert None is fitted.overhead(2).energy_j


def test_rows_tell_no_overhead():
    """Layers alone say nothing of what a run costs beside them."""
    assert None is Linear().fit(ROWS).overhead()


def test_networks_that_are_not_known_are_left_out():
    """A reference counts only with its network, and only where every layer has a shape."""
    networks = {"A": Network("A", [Layer("X", "conv", 10)])}
    references = [Reference("A", latency_s=1.0), Reference("B", latency_s=1.0)]
    with pytest.raises(PredictionError, match="nothing to fit to"):
        Linear().fit([], references, networks)


def test_a_form_that_nobody_measured_is_charged_as_the_nearest():
    """It costs what its MACs cost in the nearest measured form, and is said to be outside."""
    fitted = Linear().fit([row for row in ROWS if product(row.layer).form == "pointwise"])
    depthwise, pointwise = _conv(64, 28, 64, 3, 64), _conv(64, 28, 64, 1)
    assert [] == fitted.outside(pointwise)
    assert [
        "no depthwise layer was measured; it is charged at the rate of pointwise ones"
    ] == fitted.outside(depthwise)
    least = depthwise.macs * PLANTED["pointwise_macs"] + PLANTED["layers"]
    assert least < fitted.predict(depthwise).latency_s


def test_what_nothing_tells_is_refused_and_never_0():
    """Where every measured layer spends its time on weights, a layer without any is refused."""
    rows = [
        Measurement("Net", Layer.from_shape("F", FcShape(n, 10 * n)), 1, 1e-9 * n * n, 1.0)
        for n in (10, 100, 1000)
    ]
    fitted = Linear(donors=[Coefficients({"weight_elements": 1.0})]).fit(rows)
    layer = Layer.from_shape("M", MatmulShape(4, 4, 4))
    try:
        assert fitted.predict(layer).latency_s > 0
    except PredictionError as error:
        assert "no measurement covers" in str(error)


@given(st.integers(0, 59), st.integers(1, 10**6), st.integers(2, 64))
def test_laws_of_batches(index, batch, times):
    """Larger batches never cost less, never more for each inference, and are affine."""
    fitted, layer = FITTED, LAYERS[index]
    one, many = fitted.predict(layer, batch), fitted.predict(layer, batch * times)
    fixed, each = fitted.affine(layer)
    assert one.latency_s <= many.latency_s <= times * one.latency_s * (1 + 1e-12)
    assert fixed.latency_s + each.latency_s * batch == pytest.approx(one.latency_s, rel=1e-12)
    assert fixed.energy_j + each.energy_j * batch == pytest.approx(one.energy_j, rel=1e-12)


@given(st.lists(st.integers(1, 64), min_size=4, max_size=4), st.integers(0, 3), st.integers(1, 64))
def test_larger_dimensions_never_cost_less(sizes, which, more):
    """Channels, pixels, filters and rows only add to what was fitted."""

    def both(channels, size, filters, rows):
        fc = Layer.from_shape("F", FcShape(channels, filters, rows))
        every = (_conv(channels, size, filters, 3), _conv(channels, size, filters, 1), fc)
        return [FITTED.predict(layer).latency_s for layer in every]

    larger = [size + more * (index == which) for index, size in enumerate(sizes)]
    for small, large in zip(both(*sizes), both(*larger), strict=True):
        assert small <= large * (1 + 1e-12)


LAYERS = list(_layers())
FITTED = Linear(neighbours=False).fit([_row(layer, 1, 1 + i % 3) for i, layer in enumerate(LAYERS)])


@pytest.mark.parametrize("terms", SETS)
def test_every_set_of_terms_fits(terms):
    """Rows can be fitted with the terms of any set."""
    assert Linear(terms, neighbours=False).fit(ROWS).predict(LAYERS[0]).latency_s > 0


def test_the_terms_follow_from_what_was_measured():
    """Products alone have the terms of products, networks alone those of networks."""
    fc = [row for row in ROWS if product(row.layer).form == "fc"]
    assert set(Coefficients.of(Linear().fit(fc)).latency) <= set(SETS["products"])
    references = [_reference(name) for name in NETWORKS]
    assert OVERHEAD in Coefficients.of(Linear().fit([], references, NETWORKS)).latency


def test_an_unknown_set_is_an_error():
    """A misspelt set of terms names those there are."""
    with pytest.raises(PredictionError, match="'layer' is not one of layers, kernels, tiles"):
        Linear("layer")


def test_donors_replace_what_was_not_measured():
    """One measured network and the coefficients of a chip that is three times slower suffice."""
    donor = Coefficients({**{term: 3 * value for term, value in WHOLE.items()}, OVERHEAD: 3e-3})
    fitted = Linear(donors=[donor]).fit([], [_reference("N3")], NETWORKS)
    for layer in _network(20).layers:
        assert _cost(layer, 1, WHOLE) == pytest.approx(fitted.predict(layer).latency_s, rel=1e-6)


def test_the_formula_adds_up():
    """The explanation shows each term that costs something, and the sum."""
    text = FITTED.explain(LAYERS[0])
    assert {"latency", "energy"} == set(text)
    assert "output_elements 3136 x " in text["latency"]
    assert "; sum " in text["energy"]


def test_a_layer_without_a_shape_is_refused():
    """Terms need the shape."""
    with pytest.raises(PredictionError, match="its shape is not known"):
        FITTED.predict(Layer("X", "conv", 10))


def test_one_donor_is_taken_where_nothing_was_measured():
    """Coefficients that are known for a chip that nobody measured are those of its fit."""
    known = Coefficients({"product_macs": 2.0, "cache_elements": 3.0, "layers": 5.0})
    fitted = Linear(terms="tokens", donors=(known,)).fit([])
    scores = Layer.from_shape("S", MatmulShape(4, 64, 512, 8))
    assert fitted.predict(scores, 2).latency_s == 2 * (2 * scores.macs + 3 * 8 * 64 * 512) + 5
    with pytest.raises(PredictionError, match="nothing to fit to"):
        Linear(donors=(known, known)).fit([])


def test_tokens_tell_weights_cache_scores_and_activations_apart():
    """Every element of a product with weights, and of one with a cache, is in one term."""
    names = ("weight_elements", "cache_elements", "score_elements", "token_elements")
    fc = product(Layer.from_shape("F", FcShape(10, 20, 3)))
    scores = product(Layer.from_shape("S", MatmulShape(4, 64, 512, 8)))
    context = product(Layer.from_shape("C", MatmulShape(4, 512, 64, 8)))
    sums = [[sum(each) for each in amounts(one, names)] for one in (fc, scores, context)]
    assert sums[0] == [200, 0, 0, 90]
    assert sums[1] == sums[2] == [0, 8 * 64 * 512, 8 * 4 * 512, 8 * 4 * 64]


FORMS = {"pointwise": "dense", "dense 3x3": "dense", "depthwise": "depthwise", "fc": "fc"}


def _drawn(name, seed=1):
    layers = enumerate(_layers(seed=seed, count=12))
    return Network(name, [Layer.from_shape(f"L{i}", each.shape) for i, each in layers])


def _summed(network):
    """Return the network with its layers as one of sums for each form."""
    layers = []
    for form in ("dense", "depthwise", "fc"):
        own = [product(each) for each in network.layers if FORMS[product(each).form] == form]
        elements = sum(each.inputs + each.outputs for each in own)
        shape = LayerSums(form, sum(x.macs for x in own), sum(x.weights for x in own), elements)
        layers.append(Layer(form, shape.kind, shape.macs, shape))
    return Network(network.name, layers)


def test_sums_over_layers_fit_and_predict_as_the_layers_do():
    """With additive terms a network of sums is worth as much as that of all its layers."""
    terms = SETS["throughput"]
    planted = dict(zip(terms, (1e-12, 2e-12, 9e-12, 1e-10), strict=True))
    whole = {}
    for number in range(6):
        whole[f"N{number}"] = _drawn(f"N{number}", number)
    costs = {
        name: sum(_cost(each, planted=planted) for each in network.layers)
        for name, network in whole.items()
    }
    references = [Reference(name, 1, cost) for name, cost in costs.items()]
    summed = {name: _summed(network) for name, network in whole.items()}

    of_layers = Linear("throughput").fit((), references, whole)
    of_sums = Linear("throughput").fit((), references, summed)
    for name, network in whole.items():
        for fitted, layers in ((of_layers, network.layers), (of_sums, summed[name].layers)):
            found = sum(fitted.predict(each).latency_s for each in layers)
            assert found == pytest.approx(costs[name], rel=1e-6)


def test_sums_over_layers_want_additive_terms():
    """Terms that go by single shapes are refused, and the cure is named."""
    network = _summed(_drawn("N"))
    with pytest.raises(PredictionError, match='sums over its layers.*"throughput"'):
        Linear("networks").fit((), [Reference("N", 1, 1e-3)], {"N": network})
