"""The predictor ``smooth-roofline``."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import ConvShape, FcShape, Layer, MatmulShape, Measurement, PredictionError
from fodlam_core.model.shapes import ExpertsShape
from fodlam_core.predictors.smooth_roofline import (
    Curve,
    FittedSmoothRoofline,
    SmoothRoofline,
    fitted_curve,
    work_of,
)

SIZES = (64, 256, 1024, 4096, 8192)
ROWS = (1, 4, 16, 64, 256, 1024, 4096)
# An A100 at 16 bits, as vidur's rows have it: 115 TMAC/s, 1.7 TB/s, 7 us.
CHIP = Curve(1 / 115e12, 2 / 1.7e12, 7e-6, 2)


def _row(layer: Layer, latency_s: float | None, batch: int = 1, **rest: float) -> Measurement:
    return Measurement("net", layer, batch, latency_s, **rest)


def _products(curve: Curve = CHIP, noise: float = 0.0) -> list[Measurement]:
    chance = random.Random(1)
    rows = []
    for inputs in SIZES:
        for outputs in SIZES:
            for count in ROWS:
                layer = Layer.from_shape(
                    f"{inputs} {outputs} {count}", FcShape(inputs, outputs, count)
                )
                factor = math.exp(noise * chance.gauss(0, 1))
                rows.append(_row(layer, curve.at(work_of(layer)) * factor))
    return rows


@pytest.mark.parametrize("exponent", [1, 2, 4])
def test_fit_finds_what_made_the_rows(exponent: int) -> None:
    """Rows that follow the form give its numbers back, and predict other sizes."""
    made = CHIP._replace(exponent=exponent)
    fitted = SmoothRoofline().fit(_products(made)).latency["fc"]
    assert fitted.exponent == exponent
    assert list(made[:3]) == pytest.approx(list(fitted[:3]), rel=0.02)


def test_outliers_do_not_carry_the_fit_away() -> None:
    """A tenth of rows that are ten times slow, and noise of 5 %, change the numbers little."""
    rows = _products(noise=0.05)
    rows = [
        row if index % 10 else _row(row.layer, 10 * (row.latency_s or 0))
        for index, row in enumerate(rows)
    ]
    fitted = SmoothRoofline().fit(rows).latency["fc"]
    layer = Layer.from_shape("other", FcShape(2048, 5120, 32))
    assert CHIP.at(work_of(layer)) == pytest.approx(fitted.at(work_of(layer)), rel=0.1)


@given(rows=st.sampled_from(ROWS), batch=st.integers(1, 64))
def test_rows_and_batch_share_weights(rows: int, batch: int) -> None:
    """A batch is as many rows more of the same matrix: its weights move once."""
    one = Layer.from_shape("a", FcShape(512, 256, rows))
    many = Layer.from_shape("b", FcShape(512, 256, rows * batch))
    assert work_of(many) == work_of(one, batch)
    fitted = FittedSmoothRoofline({"fc": CHIP}, {}, 1.0)
    latency, single = fitted.predict(one, batch).latency_s, fitted.predict(one).latency_s
    assert latency is not None
    assert single is not None
    assert single <= latency < single * batch * 1.000001


def test_keys_come_in_pages() -> None:
    """A step over 129 keys reads as many as one over 256; the cache of each sequence is its own."""
    near, far = (
        work_of(Layer.from_shape("s", MatmulShape(4, 128, keys, 8))) for keys in (129, 256)
    )
    assert near == far
    assert work_of(Layer.from_shape("s", MatmulShape(4, 128, 256, 8)), 3).size == 3 * far.size


def test_experts_that_are_hit_are_read() -> None:
    """One token reads its own experts; many read all of them, once."""
    layer = Layer.from_shape("e", ExpertsShape(8, 4, rows=1, experts=64, per_row=2))
    assert work_of(layer).size == pytest.approx(2 * 32 + 2 * 12)
    assert work_of(layer, 10_000).size == pytest.approx(64 * 32 + 20_000 * 12)


def test_weights_of_fewer_bits_are_read_faster() -> None:
    """Of int4 beside 16 bits a weight counts as a quarter of an activation."""
    layer = Layer.from_shape("F", FcShape(8, 4))
    assert work_of(layer, 1, 0.25).size == 32 / 4 + 12
    assert SmoothRoofline(weight_bits=4).weight_share == 0.25


def test_energy_has_its_own_curve() -> None:
    """Rows with energy only give energies only, and the other way round."""
    rows = [_row(each.layer, None, energy_j=300 * (each.latency_s or 0)) for each in _products()]
    layer = rows[17].layer
    cost = SmoothRoofline().fit(rows).predict(layer)
    assert cost.latency_s is None
    assert cost.energy_j == pytest.approx(300 * CHIP.at(work_of(layer)), rel=0.02)
    assert SmoothRoofline().fit(_products()).predict(layer).energy_j is None


def test_forms_that_were_not_measured_are_said() -> None:
    """Attention on a chip of which only products with weights are known is outside of it."""
    fitted = SmoothRoofline().fit(_products())
    attention = Layer.from_shape("s", MatmulShape(4, 128, 1024, 8))
    (reason,) = fitted.outside(attention)
    assert reason.startswith("attention of single tokens: not measured")
    assert fitted.outside(Layer.from_shape("F", FcShape(8, 4))) == []
    assert fitted.predict(attention).latency_s == pytest.approx(
        CHIP.at(work_of(attention)), rel=0.02
    )
    assert "MAC x" in fitted.explain(attention)["latency"]


def test_what_cannot_be_fitted_or_predicted_is_refused() -> None:
    """Too few rows, convolutions, and layers without a shape are errors that say so."""
    with pytest.raises(PredictionError, match="needs 6 measured matrix products"):
        SmoothRoofline().fit(_products()[:5])
    fitted = SmoothRoofline().fit(_products())
    for layer in (
        Layer.from_shape("C", ConvShape.from_input((3, 8, 8), 4, 3)),
        Layer("x", "fc", 10),
    ):
        with pytest.raises(PredictionError, match="smooth-roofline knows matrix products"):
            fitted.predict(layer)


def test_many_rows_are_thinned_out() -> None:
    """A table of thousands is fitted as one of hundreds, to the same numbers."""
    rows = [(work_of(row.layer), row.latency_s or 0.0) for row in _products()]
    assert list(fitted_curve(rows)[:3]) == pytest.approx(
        list(fitted_curve(rows * 20)[:3]), rel=0.02
    )


def test_element_wise_work_beside_a_product_is_found_again() -> None:
    """Rows that hold 30 ps for each activation are predicted within 3 %, three numbers are not."""
    rows = [
        _row(each.layer, each.latency_s + 3e-11 * work_of(each.layer).activations)
        for each in _products()
    ]
    wide = max(rows, key=lambda row: work_of(row.layer).activations / row.latency_s)
    with_it = SmoothRoofline(element_wise=True).fit(rows)
    assert with_it.predict(wide.layer).latency_s == pytest.approx(wide.latency_s, rel=0.03)
    without = SmoothRoofline().fit(rows).predict(wide.layer).latency_s
    assert without != pytest.approx(wide.latency_s, rel=0.03)
    assert "activations x" in with_it.explain(wide.layer)["latency"]


@given(
    rows=st.integers(1, 200),
    more=st.integers(1, 200),
    keys=st.integers(1, 2000),
    batch=st.integers(1, 8),
    slower=st.floats(0.1, 100),
)
def test_more_rows_of_attention_never_cost_less(
    rows: int, more: int, keys: int, batch: int, slower: float
) -> None:
    """Whichever kernel is faster, a page of rows costs no less than fewer, and is explained."""
    steps = CHIP._replace(fixed=slower * CHIP.fixed, for_element=slower * CHIP.for_element)
    fitted = FittedSmoothRoofline({"steps": steps, "prompts": CHIP}, {}, 1.0)

    def seconds(rows: int) -> float:
        layer = Layer.from_shape("scores", MatmulShape(rows, 128, max(keys, 129), count=8))
        assert fitted.explain(layer, batch)["latency"]
        return fitted.predict(layer, batch).latency_s or 0.0

    assert seconds(rows) <= seconds(rows + more) * (1 + 1e-9)
