"""Tests of the correction by measured layers near by."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import FcShape, Layer, Measurement
from fodlam_core.predictors.fitted import FittedAffineModels
from fodlam_core.predictors.linear import Linear, stored_models


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
