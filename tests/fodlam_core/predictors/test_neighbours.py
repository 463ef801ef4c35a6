"""Tests of the correction by measured layers near by."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import FcShape, Layer, Measurement
from fodlam_core.predictors.fitted import FittedAffineModels
from fodlam_core.predictors.linear import Linear, stored_models
from fodlam_core.predictors.neighbours import MODEL_WEIGHT, REACH, Neighbours, _position
from fodlam_core.predictors.observations import known, observations


def _layer(inputs, outputs, rows=1):
    return Layer.from_shape("F", FcShape(inputs, outputs, rows))


SIZES = (16, 32, 64, 128, 256, 512, 1024, 2048)
FINE = (100, 110, 120, 130, 200, 220, 240, 1000, 1100, 1200)


def _rows(wave, noise=0.0):
    """Costs that go up and down with the number of inputs, as no sum of terms does."""
    dice = random.Random(1)
    for inputs in SIZES:
        for outputs in FINE:
            for rows in (1, 256):
                layer = _layer(inputs, outputs, rows)
                factor = math.exp(wave * math.sin(1.5 * math.log2(inputs)) + dice.gauss(0, noise))
                yield Measurement("Net", layer, 1, factor * (1e-12 * layer.macs + 1e-6), 1.0)


CORRECTED = Linear().fit(list(_rows(0.7)))


def test_a_pattern_that_terms_lack_is_learnt():
    """Held-out layers come out within two thirds of the error of the sum of terms."""
    rows = list(_rows(0.7))
    training, held = [row for i, row in enumerate(rows) if i % 7], rows[::7]
    errors = [
        sum(abs(fitted.predict(row.layer).latency_s / row.latency_s - 1) for row in held)
        for fitted in (Linear().fit(training), Linear(neighbours=False).fit(training))
    ]
    assert errors[0] < errors[1] * 2 / 3


def test_noise_alone_switches_it_off():
    """Where residuals of neighbours are unrelated, the sum of terms stands, affine in the batch."""
    assert isinstance(Linear().fit(list(_rows(0.0, noise=0.3))), FittedAffineModels)


@given(
    st.sampled_from(SIZES),
    st.integers(1, 3000),
    st.integers(1, 300),
    st.integers(1, 300),
    st.integers(2, 9),
)
def test_laws_of_batches_and_rows(inputs, outputs, rows, batch, times):
    """Corrected costs never fall with batch or rows, nor rise for each inference."""
    one = CORRECTED.predict(_layer(inputs, outputs, rows), batch).latency_s
    many = CORRECTED.predict(_layer(inputs, outputs, rows), batch * times).latency_s
    longer = CORRECTED.predict(_layer(inputs, outputs, rows * times), batch).latency_s
    assert one <= many * (1 + 1e-12)
    assert many <= times * one * (1 + 1e-12)
    assert many == pytest.approx(longer, rel=1e-12)


def test_far_from_all_neighbours_the_sum_of_terms_stands():
    """No correction reaches beyond the measured sizes."""
    layer = _layer(10**6, 10**6)
    plain = Linear(neighbours=False).fit(list(_rows(0.7))).predict(layer)
    assert plain.latency_s == pytest.approx(CORRECTED.predict(layer).latency_s, rel=1e-9)


def test_the_correction_is_told():
    """The explanation ends with the factor of the neighbours."""
    assert CORRECTED.explain(_layer(64, 105))["latency"].endswith("from measured layers near by")


def test_the_kernel_is_the_one_that_suits():
    """Where the number of rows alone decides what the terms miss, rows alone have to be near."""
    rows = [
        Measurement("Net", layer, 1, factor * (1e-12 * layer.macs + 1e-6))
        for count, factor in ((8, 1.0), (16, 3.0), (32, 1.0), (64, 1.0))
        for inputs in (100, 200, 400, 800)
        for outputs in (100, 200, 400, 800)
        for layer in [_layer(inputs, outputs, count)]
    ]
    assert [2] == [each.neighbours for each in stored_models(Linear().fit(rows).latency)]


@pytest.mark.parametrize("kernel", [1, 2])
def test_corrections_are_sums_over_all_layers_near_by(kernel):
    """Summing layers of as many rows first gives what summing each layer by itself does."""
    model = CORRECTED.latency.model
    rows = known(observations(list(_rows(0.7)), (), {}), "latency")
    near = Neighbours.of(rows, model, kernel)
    assert near == Neighbours.of_each(rows, model, [1, 2])[kernel - 1]
    [(one, _), *_] = known(
        observations([Measurement("N", _layer(64, 120), 1, 1.0, 1.0)], (), {}), "latency"
    )
    here = [x / y for x, y in zip(_position(one.product, 1), near.widths, strict=True)]

    found = list(near.corrections(one.product))
    assert len(found) > 2
    for count, factor in found:
        ratios = squares = MODEL_WEIGHT
        at = math.log(count) / near.widths[0]
        for point, ratio in (each for cell in near.cells.values() for each in cell):
            apart = sum((x - y) ** 2 for x, y in zip(point[1:], here[1:], strict=True))
            if apart < REACH**2 and abs(point[0] - here[0] - at) <= REACH:
                weight = math.exp(-0.5 * (apart + (point[0] - here[0] - at) ** 2))
                ratios, squares = ratios + weight * ratio, squares + weight * ratio**2
        assert factor == pytest.approx(ratios / squares, rel=1e-9)
