"""Eyeriss's predictors and the micro-architecture behind them."""

from __future__ import annotations

import math

import attrs
import pytest

from fodlam_core import (
    ConvShape,
    FcShape,
    Layer,
    Measurement,
    Network,
    PredictionError,
    Registry,
    estimate,
)
from fodlam_core.validation.intervals import interval_rule
from fodlam_eyeriss.microarchitecture import PES, busy_pes, most_channels
from fodlam_eyeriss.row_stationary import (
    DerivedRowStationary,
    RowStationary,
    channels_per_pass,
)


def _rows(registry: Registry) -> tuple[Measurement, ...]:
    return registry.accelerator("eyeriss").calibration("conv")


def _shape(row: Measurement) -> ConvShape:
    assert isinstance(row.layer.shape, ConvShape)
    return row.layer.shape


def test_no_more_pes_than_there_are() -> None:
    """No shape keeps more than 168 PEs busy."""
    for filter_rows in range(1, 13):
        for output_rows in range(1, 230):
            assert 0 < busy_pes(filter_rows, output_rows) <= PES


def test_channels_of_table_iii(registry: Registry) -> None:
    """The derived channels per pass of AlexNet's first two layers are q r of Table III, rounded."""
    first, second = (_shape(row) for row in _rows(registry)[:2])
    assert channels_per_pass(first, None) == 1
    assert round(channels_per_pass(second, None)) == 2


def test_derived_channels_agree_with_the_measured_buffer_traffic(registry: Registry) -> None:
    """Table VI's buffer accesses, unused by the fits, imply the derived channels within a fifth."""
    for row in _rows(registry):
        if row.network != "VGG16":
            continue
        shape = _shape(row)
        words = row.details["global_buffer_bytes"] / 2 / row.batch
        psums = 2 * shape.macs / (9 * channels_per_pass(shape, None))
        assert 0.97 <= words / psums <= 1.2


def test_the_fitted_room_is_that_of_the_derivation(registry: Registry) -> None:
    """On all layers the fit chooses the room that the width of the array gives for 3 x 3."""
    fitted = RowStationary().fit(_rows(registry))
    assert fitted.room == 112 == 14 * most_channels(_shape(_rows(registry)[2]))
    assert fitted.notes == ()


def test_fitted_constants(registry: Registry) -> None:
    """The fit to all layers gives the constants that an independent fit gave."""
    fitted = DerivedRowStationary().fit(_rows(registry))
    assert fitted.time[0] == pytest.approx(1.16, abs=0.005)
    assert fitted.time[1] == pytest.approx(1.22e-9, abs=0.005e-9)
    assert fitted.power[0] == pytest.approx(0.213, abs=0.0005)
    assert fitted.power[1] == pytest.approx(5.99e-12, abs=0.005e-12)


def test_an_exact_chip_is_recovered(registry: Registry) -> None:
    """On a chip that follows the model exactly, held-out layers are predicted exactly."""
    rows = _rows(registry)
    truth = DerivedRowStationary().fit(rows)
    exact = []
    for row in rows:
        cost = attrs.evolve(truth.predict(row.layer, row.batch) * (1 / row.batch))
        exact.append(
            attrs.evolve(
                row,
                latency_s=cost.latency_s * row.batch,
                energy_j=cost.energy_j * row.batch,
                offchip_latency_s=0.0,
            )
        )
    again = DerivedRowStationary().fit(exact[::2])
    assert again.time == pytest.approx(truth.time)
    assert again.power == pytest.approx(truth.power)


def test_zeros_save_energy_but_no_time(registry: Registry) -> None:
    """More zero activations lower the energy and leave the latency; unknown ones are average."""
    fitted = DerivedRowStationary().fit(_rows(registry))
    layer = attrs.evolve(_rows(registry)[6].layer, activation_density=0.2)
    dense = attrs.evolve(layer, activation_density=0.9)
    unknown = attrs.evolve(layer, activation_density=None)
    average = attrs.evolve(layer, activation_density=fitted.density)
    assert fitted.predict(layer).latency_s == fitted.predict(dense).latency_s
    assert fitted.predict(layer).energy_j < fitted.predict(dense).energy_j
    assert fitted.predict(unknown) == fitted.predict(average)


def test_rows_without_densities_can_be_fitted_to(registry: Registry) -> None:
    """Where no measured layer tells its zeros, all its MACs count as they are."""
    blind = [
        attrs.evolve(row, layer=attrs.evolve(row.layer, activation_density=None))
        for row in _rows(registry)
    ]
    assert RowStationary().fit(blind).density == 1.0


def test_what_the_chip_cannot_run_is_refused(registry: Registry) -> None:
    """Dilated and transposed layers, and too high filters, are errors with the line to write."""
    fitted = DerivedRowStationary().fit(_rows(registry))
    shapes = [
        ConvShape.from_input((8, 28, 28), 8, 3, dilation=2),
        ConvShape(8, 14, 14, 8, 28, 28, (2, 2), (2, 2), transposed=True),
        ConvShape.from_input((8, 28, 28), 8, 13),
    ]
    for shape in shapes:
        with pytest.raises(PredictionError, match=r'ODD .*predictor = "per-mac"'):
            fitted.predict(Layer.from_shape("ODD", shape))
    with pytest.raises(PredictionError, match="shape of F is not known"):
        fitted.predict(Layer.from_shape("F", FcShape(2, 2)))
    with pytest.raises(PredictionError, match="no measured layer has its shape"):
        RowStationary().fit([attrs.evolve(_rows(registry)[0], layer=Layer("X", "conv", 1))])


@pytest.mark.parametrize("kernel", [1, 3, 5, 7, 11, 12])
@pytest.mark.parametrize("groups", [1, 32])
def test_every_ordinary_layer_has_a_cost(registry: Registry, kernel: int, groups: int) -> None:
    """Pointwise, depthwise and strided layers have a finite positive cost."""
    for predictor in (RowStationary(), DerivedRowStationary()):
        fitted = predictor.fit(_rows(registry))
        for stride in (1, 2):
            shape = ConvShape.from_input((32, 56, 56), 32, kernel, stride, groups=groups)
            cost = fitted.predict(Layer.from_shape("L", shape))
            assert 0 < cost.offchip_latency_s < cost.latency_s < math.inf
            assert 0 < cost.energy_j < math.inf


def test_wide_kernels_are_refused_as_tall_ones_are(registry: Registry) -> None:
    """A row of a filter has to fit the 12 words of a scratch pad."""
    fitted = DerivedRowStationary().fit(registry.accelerator("eyeriss").calibration("conv"))
    fits, wide = (
        Layer.from_shape("C", ConvShape.from_input((8, 1, 64), 8, (1, width))) for width in (12, 13)
    )
    assert fitted.predict(fits).latency_s
    with pytest.raises(PredictionError, match="12 filter columns"):
        fitted.predict(wide)


def test_tiny_layers_are_not_faster_than_their_set_up(registry: Registry) -> None:
    """A layer is set up once for a batch, in 100 us; further images only add their own time."""
    fitted = DerivedRowStationary().fit(registry.accelerator("eyeriss").calibration("conv"))
    tiny = Layer.from_shape("C", ConvShape.from_input((3, 5, 5), 4, 3))
    one, two, three = (fitted.predict(tiny, batch).latency_s or 0.0 for batch in (1, 2, 3))
    assert one == pytest.approx(100e-6)
    assert 0 < two - one < 50e-6
    assert three - two == pytest.approx(two - one, rel=1e-9)
    assert "set-up" in fitted.explain(tiny)["latency"]


def test_extrapolated_aspects_have_wider_intervals(registry: Registry) -> None:
    """Maps and kernels that are not square were never measured, and each way round is said."""
    rows = registry.accelerator("eyeriss").calibration("conv")
    predictor = DerivedRowStationary()
    rule = interval_rule(predictor, predictor.fit(rows), rows)
    assert rule is not None
    flat, tall = (
        Layer.from_shape("C", ConvShape.from_input((64, *size), 64, 3, padding=1))
        for size in ((14, 224), (224, 14))
    )
    assert rule.outside(flat) == {"output aspect": 16.0}
    assert rule.outside(tall) == {"output aspect": 16.0}
    line = Layer.from_shape("C", ConvShape.from_input((64, 28, 28), 64, (1, 9), padding=(0, 4)))
    assert rule.outside(line) == {"kernel aspect": 9.0}


def test_intervals_hold_nothing_impossible(registry: Registry) -> None:
    """No end is below the set-up or the MACs on all PEs, and no published layer is faster."""
    rows = registry.accelerator("eyeriss").calibration("conv")
    fitted = DerivedRowStationary().fit(rows)
    for row in rows:
        assert fitted.fastest(row.layer, row.batch) <= (row.latency_s or 0.0)
    shapes = [
        ConvShape.from_input((1, 4, 4), 1, 1),
        ConvShape.from_input((64, 224, 14), 64, 3, padding=1),
        ConvShape.from_input((3, 64, 64), 8, (1, 12)),
    ]
    network = Network("N", [Layer.from_shape(f"c{k}", shape) for k, shape in enumerate(shapes)])
    for each in estimate(None, registry, network).layers:
        assert each.interval is not None
        assert each.interval.latency_s is not None
        low, high = each.interval.latency_s
        assert fitted.fastest(each.layer) <= low <= (each.latency_s or 0.0) <= high
