"""Tests of the roofline predictor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import ExpertsShape, FcShape, Layer, MatmulShape, Measurement, PredictionError
from fodlam_core.predictors.roofline import Roofline

DATASHEET = Roofline(1e12, 1e11, 1e-6, weight_bits=16, power_w=10.0)


def _layer(inputs, outputs, rows=1):
    return Layer.from_shape("F", FcShape(inputs, outputs, rows))


LAYERS = [_layer(n, k, m) for n in (64, 512, 4096) for k in (32, 1024) for m in (1, 40, 3000)]


def _measured(rows, factor=1.0, power=3.0):
    fitted = DATASHEET.fit([])
    return [
        Measurement("Net", layer, 1, factor * fitted.predict(layer).latency_s, power)
        for layer in rows
    ]


def test_a_data_sheet_alone_gives_the_formula():
    """Both parts meet in a smooth corner; the energy is power times time."""
    cost = DATASHEET.fit([]).predict(_layer(1000, 100, 50))
    macs, moved = 5e6 / 1e12, 2 * (100_000 + 50_000 + 5_000) / 1e11
    assert (macs**2 + moved**2) ** 0.5 + 1e-6 == pytest.approx(cost.latency_s)
    assert 10 * cost.latency_s == pytest.approx(cost.energy_j)


def test_planted_numbers_come_back():
    """Rate, bandwidth and constant are found from measured layers, whatever the data sheet says."""
    for start in (Roofline(exponent=2.0), Roofline(7e15, 1e9)):
        fitted = start.fit(_measured(LAYERS))
        for layer in (_layer(300, 300, 7), _layer(10_000, 9, 2)):
            expected = DATASHEET.fit([]).predict(layer, 3).latency_s
            assert expected == pytest.approx(fitted.predict(layer, 3).latency_s, rel=1e-3)


def test_few_measurements_give_one_efficiency():
    """Two layers that take twice as long as the data sheet says double every prediction."""
    fitted = DATASHEET.fit(_measured(LAYERS[:2], 2.0))
    layer = _layer(77, 88, 99)
    assert 2 * DATASHEET.fit([]).predict(layer).latency_s == pytest.approx(
        fitted.predict(layer).latency_s
    )


def test_neither_data_sheet_nor_measurements_is_an_error():
    """There has to be something to go by, and the message says what."""
    with pytest.raises(PredictionError, match="needs peak_macs_per_s and memory bandwidth, or 3"):
        Roofline(peak_macs_per_s=1e12).fit([])


@pytest.mark.parametrize("value", [0, -1.0, float("inf"), "1"])
def test_a_peak_that_is_no_rate_is_an_error(value):
    """Numbers of the data sheet are positive and finite."""
    with pytest.raises(PredictionError, match="peak_macs_per_s"):
        Roofline(peak_macs_per_s=value)


@given(
    st.lists(st.integers(1, 5000), min_size=3, max_size=3),
    st.integers(1, 10**4),
    st.integers(2, 50),
    st.integers(0, 2),
)
def test_laws(sizes, batch, times, which):
    """Larger batches and dimensions never cost less, nor larger batches more for an inference."""
    larger = [size + times * (index == which) for index, size in enumerate(sizes)]
    for fitted in (DATASHEET.fit([]), FITTED):
        one = fitted.predict(_layer(*sizes), batch).latency_s
        many = fitted.predict(_layer(*sizes), times * batch).latency_s
        assert one <= many <= times * one * (1 + 1e-12)
        assert one <= fitted.predict(_layer(*larger), batch).latency_s


FITTED = Roofline().fit(_measured(LAYERS))


def test_the_formula_has_its_numbers():
    """The explanation names both parts and the constant."""
    text = FITTED.explain(LAYERS[0])["latency"]
    assert "MAC)^2" in text
    assert "B)^2)^(1/2)" in text


def test_bytes_are_by_precision():
    """Weights move at their bits, cache and activations at theirs; scores stay on the chip."""
    narrow = Roofline(1e30, 1.0, weight_bits=4, activation_bits=16).fit([])
    product = Layer.from_shape("F", FcShape(1000, 100, 3))
    scores = Layer.from_shape("S", MatmulShape(4, 64, 512, 8))
    assert narrow.predict(product, 2).latency_s == pytest.approx(100_000 / 2 + 2 * 2 * 3 * 1100)
    assert narrow.predict(scores).latency_s == pytest.approx(2 * 8 * 64 * (4 + 512))


def test_a_batch_reads_the_experts_that_it_hits():
    """Two tokens of one expert each among eight read 1.875 experts, of which all weights count."""
    fitted = Roofline(1e30, 1.0, weight_bits=8, activation_bits=8).fit([])
    experts = Layer.from_shape("E", ExpertsShape(100, 10, 1, 8, 1))
    assert fitted.predict(experts, 2).latency_s == pytest.approx(1.875 * 1000 + 2 * 110)
