"""Convolutions and products with models of their own."""

import random

import pytest

from fodlam_core import ConvShape, FcShape, Layer, MatmulShape, Measurement
from fodlam_core.predictors.apart import Apart
from fodlam_core.predictors.linear import MANY, Linear
from fodlam_core.predictors.products import product

SLOWER = 7.0


def _layers(count, seed=3):
    dice = random.Random(seed)
    for _ in range(count):
        channels, size = dice.choice((16, 32, 64, 200)), dice.choice((7, 14, 28, 56))
        shape = ConvShape.from_input(
            (channels, size, size), dice.choice((24, 64, 130)), 3, padding=1
        )
        yield Layer.from_shape("C", shape)
        yield Layer.from_shape("F", FcShape(dice.randrange(64, 4096), dice.randrange(64, 4096)))


def _row(layer):
    rate = 1e-12 if layer.kind == "conv" else SLOWER * 1e-12
    return Measurement("N", layer, 1, rate * layer.macs + 1e-6)


def test_many_of_both_are_fitted_apart():
    """A rate of convolutions and another of products are both found, though terms are shared."""
    fitted = Linear(neighbours=False).fit([_row(layer) for layer in _layers(MANY)])

    assert isinstance(fitted.latency, Apart)
    for layer in _layers(10, seed=9):
        expected = _row(layer).latency_s
        assert expected == pytest.approx(fitted.predict(layer).latency_s, rel=0.01)


def test_few_share_one_model():
    """Where one of the two was hardly measured, it is told by the other."""
    fitted = Linear(neighbours=False).fit([_row(layer) for layer in _layers(MANY - 1)])
    assert not isinstance(fitted.latency, Apart)


def test_each_answers_for_its_forms():
    """Products of activations are products; formula and doubts are of the model that answers."""
    fitted = Linear(neighbours=False).fit([_row(layer) for layer in _layers(MANY)])
    attention = Layer.from_shape("A", MatmulShape(8, 64, 8, 4))
    pointwise = Layer.from_shape("P", ConvShape.from_input((64, 8, 8), 64, 1))

    assert fitted.latency.of(product(attention)) is fitted.latency.products
    assert fitted.latency.of(product(pointwise)) is fitted.latency.convolutions
    assert ["no matmul layer was measured; it is charged at the rate of fc ones"] == fitted.outside(
        attention
    )
    assert fitted.explain(pointwise)["latency"].startswith(("dense", "padded"))
    fixed, each = fitted.affine(pointwise)
    assert (fixed + each * 3).latency_s == pytest.approx(fitted.predict(pointwise, 3).latency_s)
