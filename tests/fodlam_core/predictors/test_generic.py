"""The predictors that know nothing of an accelerator."""

from __future__ import annotations

import math

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import ConvShape, FcShape, Layer, MatmulShape, Measurement, PredictionError
from fodlam_core.accelerators.load import load_accelerator
from fodlam_core.errors import PluginError
from fodlam_core.predictors import Predictor
from fodlam_core.predictors.generic import TERMS, generic_predictors
from fodlam_core.predictors.geometric_mean import PerMacGeometricMean
from fodlam_core.predictors.nearest import Nearest
from fodlam_core.predictors.power_law import PowerLaw
from fodlam_core.predictors.sizes import output_width, sizes
from fodlam_core.predictors.terms import SETS


def _row(width: int, kernel: int, latency_s: float, power_w: float = 1.0) -> Measurement:
    shape = ConvShape.from_input((4, width, width), 8, kernel, padding=kernel // 2)
    return Measurement(
        "N", Layer.from_shape(f"{width}.{kernel}", shape), 1, latency_s, power_w, latency_s / 4
    )


ROWS = (_row(8, 3, 1e-3), _row(16, 3, 8e-3), _row(32, 5, 200e-3, 2.0))


@pytest.mark.parametrize("predictor", generic_predictors(), ids=lambda each: each.name)
@given(factor=st.floats(0.001, 1000))
def test_predictions_scale_with_what_was_measured(predictor: Predictor, factor: float) -> None:
    """A chip that is slower by a factor is predicted to be slower by that factor."""
    slower = [
        Measurement(
            row.network,
            row.layer,
            1,
            row.latency_s * factor,
            row.power_w,
            row.offchip_latency_s * factor,
        )
        for row in ROWS
    ]
    layer = _row(20, 3, 1.0).layer
    one, other = predictor.fit(ROWS).predict(layer), predictor.fit(slower).predict(layer)
    assert other.latency_s == pytest.approx(one.latency_s * factor)
    assert other.energy_j == pytest.approx(one.energy_j * factor)
    assert other.offchip_latency_s == pytest.approx(one.offchip_latency_s * factor)


@pytest.mark.parametrize("predictor", generic_predictors(), ids=lambda each: each.name)
def test_nothing_to_fit_to_is_an_error(predictor: Predictor) -> None:
    """A predictor without measurements says which it is and what is missing."""
    with pytest.raises(PredictionError, match=f"{predictor.name}: there is no measured layer"):
        predictor.fit([])


@pytest.mark.parametrize("predictor", generic_predictors(), ids=lambda each: each.name)
def test_one_cost_per_mac_is_found_exactly(predictor: Predictor) -> None:
    """Where every MAC costs the same, every predictor finds that cost."""
    rows = [
        attrs.evolve(
            _row(w, 3, 1.0),
            latency_s=1e-9 * _row(w, 3, 1.0).layer.macs,
            offchip_latency_s=0.0,
            energy_j=3e-9 * _row(w, 3, 1.0).layer.macs,
        )
        for w in (8, 16, 32)
    ]
    layer = _row(24, 1, 1.0).layer
    cost = predictor.fit(rows).predict(layer)
    assert cost.latency_s == pytest.approx(1e-9 * layer.macs)
    assert cost.energy_j == pytest.approx(3e-9 * layer.macs)


def test_geometric_mean_counts_every_layer_once() -> None:
    """The geometric mean of the costs per MAC does not depend on how large the layers are."""
    fitted = PerMacGeometricMean().fit(ROWS)
    expected = math.prod(row.cost.latency_s / row.layer.macs for row in ROWS) ** (1 / 3)
    assert fitted.cost_per_mac.latency_s == pytest.approx(expected)


def test_nearest_takes_the_layer_of_the_same_shape() -> None:
    """A measured layer is predicted as measured when it is among those fitted to."""
    fitted = Nearest().fit(ROWS)
    for row in ROWS:
        assert fitted.predict(row.layer) == row.cost


def test_nearest_pools_ties() -> None:
    """Layers of equal distance are pooled by their MACs."""
    twin = attrs.evolve(ROWS[0], latency_s=3e-3, energy_j=3e-3)
    assert Nearest().fit([ROWS[0], twin]).predict(ROWS[0].layer).latency_s == pytest.approx(2e-3)


def test_power_law_recovers_its_exponent() -> None:
    """Costs per MAC that follow a power of the width are predicted exactly in between."""
    rows = [
        _row(width, 3, _row(width, 3, 1.0).layer.macs * 1e-9 * width**1.5) for width in (8, 16, 64)
    ]
    layer = _row(32, 3, 1.0).layer
    assert PowerLaw().fit(rows).predict(layer).latency_s == pytest.approx(
        layer.macs * 1e-9 * 32**1.5
    )


def test_power_law_says_when_it_has_no_slope() -> None:
    """One output width alone leaves the exponent open, which is said."""
    assert "not identified" in PowerLaw().fit(ROWS[:1]).notes[0]
    assert PowerLaw().fit(ROWS).notes == ()


def test_sizes_of_each_kind_of_shape() -> None:
    """Each shape has its own sizes, and a layer without shape has its MACs."""
    assert sizes(Layer.from_shape("F", FcShape(3, 4))) == {"inputs": 3, "outputs": 4}
    assert sizes(Layer.from_shape("M", MatmulShape(2, 3, 4))) == {"m": 2, "k": 3, "n": 4}
    assert sizes(Layer("X", "conv", 7)) == {"MACs": 7}
    assert output_width(Layer.from_shape("M", MatmulShape(2, 3, 4))) == 4
    assert output_width(Layer("X", "conv", 7)) == 7


CHIP = """
name = "chip"
title = "Chip"
kinds = ["fc"]
provenance = "measured"
table = "chip.csv"
predictors = ["linear", "roofline"]
terms = "products"
peak_macs_per_s = 1e12
memory_bandwidth_bytes_per_s = 1e10
[citation]
key = "x"
text = "X"
bibtex = "@misc{x}"
"""
TABLE = "network,layer,kind,batch,latency_us,inputs,outputs\n" + "".join(
    f"Net,F{k},fc,1,{k * n / 1000 + 1},{k},{n}\n" for k, n in ((100, 200), (300, 50), (900, 900))
)


def test_a_data_file_names_its_predictors_and_terms(tmp_path):
    """What linear and roofline go by is in the header, and the first is the default."""
    (tmp_path / "chip.toml").write_text(CHIP)
    (tmp_path / "chip.csv").write_text(TABLE)
    chip = load_accelerator(tmp_path / "chip.toml")
    assert ["linear", "roofline"] == [each.name for each in chip.predictors]
    linear, roofline = (each.fit(chip.measurements) for each in chip.predictors)
    assert set(linear.latency.coefficients) <= set(SETS["products"])
    layer = Layer.from_shape("F", FcShape(500, 500))
    for fitted in (linear, roofline):
        assert 251e-6 == pytest.approx(fitted.predict(layer, 1).latency_s, rel=0.02)


def test_terms_that_are_none_are_named(tmp_path):
    """A misspelt set of terms is a mistake of the header."""
    (tmp_path / "chip.toml").write_text(CHIP.replace('"products"', '"product"'))
    (tmp_path / "chip.csv").write_text(TABLE)
    with pytest.raises(PluginError, match=r"terms.*products"):
        load_accelerator(tmp_path / "chip.toml")


def test_the_names_of_terms_are_those_of_their_sets():
    """The header knows the sets without importing them."""
    assert set(SETS) == set(TERMS)
