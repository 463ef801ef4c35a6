"""EIE's predictor from densities."""

from __future__ import annotations

import random

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import FcShape, Layer, PredictionError, Registry
from fodlam_eie.microarchitecture import padding
from fodlam_eie.sparse import Sparse, densities_of, ideal_latency_s


def _stored(length: int, density: float, chance: random.Random) -> tuple[int, int]:
    """Encode one column slice as EIE does; return non-zeros and stored entries."""
    nonzeros = entries = run = 0
    for _ in range(length):
        if chance.random() < density:
            nonzeros, entries, run = nonzeros + 1, entries + 1 + run // 16, 0
        else:
            run += 1
    return nonzeros, entries


@pytest.mark.parametrize(("length", "density"), [(64, 0.09), (64, 0.04), (16, 0.23), (200, 0.02)])
def test_padding_is_that_of_encoding_random_weights(length: int, density: float) -> None:
    """The expected padding is what encoding many random columns really takes."""
    chance = random.Random(3)
    columns = [_stored(length, density, chance) for _ in range(20_000)]
    nonzeros, entries = (sum(column[index] for column in columns) for index in (0, 1))
    assert entries / nonzeros == pytest.approx(padding(length, density), rel=0.02)


@given(st.floats(0.001, 1), st.floats(1, 500))
def test_padding_grows_with_zeros(density: float, rows: float) -> None:
    """Padding is at least one entry per non-zero, and never less for fewer non-zeros."""
    assert padding(rows, density) >= 1
    assert padding(rows, density / 2) >= padding(rows, density)


def test_ideal_latency_of_a_dense_layer() -> None:
    """A dense layer that divides evenly takes its MACs over 64 PEs at 800 MHz."""
    layer = Layer.from_shape("F", FcShape(640, 640), weight_density=1.0, activation_density=1.0)
    assert ideal_latency_s(layer, densities_of(layer)) == pytest.approx(640 * 640 / (64 * 800e6))


def test_rows_that_do_not_divide_evenly_take_longer() -> None:
    """One output more than 64 per PE makes one PE, and so all, wait for a further row."""
    even, odd = (
        Layer.from_shape("F", FcShape(100, n), weight_density=1.0, activation_density=1.0)
        for n in (128, 129)
    )
    assert ideal_latency_s(odd, densities_of(odd)) == pytest.approx(
        ideal_latency_s(even, densities_of(even)) * 3 / 2
    )


def test_latency_at_constant_power(registry: Registry) -> None:
    """The power is the paper's 0.59 W and the overhead is small, as the paper's load balance."""
    fitted = Sparse().fit(registry.accelerator("eie").calibration("fc"))
    assert fitted.power_w == pytest.approx(0.59)
    assert 1.0 < fitted.overhead < 1.3


def test_a_layer_without_densities_is_an_error(registry: Registry) -> None:
    """A layer that lacks a density is refused by name, in prediction and in fit."""
    rows = registry.accelerator("eie").calibration("fc")
    fitted = Sparse().fit(rows)
    layer = attrs.evolve(rows[0].layer, activation_density=None)
    with pytest.raises(PredictionError, match="FC6 lacks"):
        fitted.predict(layer)
    with pytest.raises(PredictionError, match="no measured layer"):
        Sparse().fit([attrs.evolve(rows[0], layer=layer)])
