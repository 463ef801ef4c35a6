"""Errors and intervals of convolutions and of products apart."""

from __future__ import annotations

import math

import attrs
import pytest

from fodlam_core import Accelerator, Citation, ConvShape, FcShape, Layer, Measurement
from fodlam_core.model.costs import Cost
from fodlam_core.model.stored_fit import CrossValidated
from fodlam_core.predictors.per_mac import PerMac
from fodlam_core.validation.by_kind import CONVOLUTIONS, LEAST_RUNS, PRODUCTS, kind_notes, kind_of
from fodlam_core.validation.errors import cross_validated
from fodlam_core.validation.intervals import pooled_interval_rule
from fodlam_core.validation.pooled import HeldOutRuns, Run
from fodlam_core.validation.pooled_scores import cross_conformal

CONV = Layer.from_shape("C", ConvShape(3, 8, 8, 4, 8, 8, (3, 3), (1, 1), (1, 1, 1, 1)))
FC = Layer.from_shape("F", FcShape(8, 4))


def runs(layer: Layer, ratios: list[float]) -> tuple[Run, ...]:
    """Return runs that are predicted wrong by these factors, each in a group of its own."""
    row = Measurement("N", layer, 1, cost=Cost(1.0, None))
    return tuple(
        Run("r", f"{layer.name}{n}", row.cost, Cost(x, None), whole=False, measurement=row)
        for n, x in enumerate(ratios)
    )


def held(*parts: tuple[Run, ...]) -> HeldOutRuns:
    """Return all runs as held out by shape."""
    every = tuple(run for part in parts for run in part)
    return HeldOutRuns("leave-shapes-out", len(every), every, ())


def test_each_kind_has_the_error_of_its_own_rows() -> None:
    """Convolutions that are far off do not widen what is said of products."""
    error = cross_validated(held(runs(CONV, [1.5] * 30), runs(FC, [1.1] * 30)))["latency"]

    assert error.kinds[CONVOLUTIONS].mape == pytest.approx(0.5)
    assert error.kinds[PRODUCTS].mape == pytest.approx(0.1)
    assert error.kinds[PRODUCTS].half_width == pytest.approx(math.log(1.1))
    assert error.half_width == pytest.approx(math.log(1.5))


def test_few_rows_of_a_kind_have_the_interval_of_all() -> None:
    """Below `LEAST_RUNS` the error is that of the kind, the interval that of all layers."""
    error = cross_validated(held(runs(CONV, [1.5] * 30), runs(FC, [1.1] * (LEAST_RUNS - 1))))
    few = error["latency"].kinds[PRODUCTS]
    of_products, of_convolutions = (
        next(note for note in kind_notes(error) if kind in note)
        for kind in (PRODUCTS, CONVOLUTIONS)
    )

    assert few.mape == pytest.approx(0.1)
    assert few.half_width == error["latency"].half_width
    assert "that of all layers" in of_products
    assert "that of all layers" not in of_convolutions


def test_one_kind_alone_is_all_there_is() -> None:
    """Where only convolutions were measured nothing is said of kinds."""
    assert cross_validated(held(runs(CONV, [1.5] * 30)))["latency"].kinds == {}
    assert kind_of(attrs.evolve(FC, shape=None)) == ""


def test_an_interval_is_that_of_its_kind() -> None:
    """Of a stored error the half-width of the kind of the layer counts."""
    error = CrossValidated("leave-shapes-out", 9, 60, half_width=0.5, mape=0.3, median=0.3)
    kinds = {CONVOLUTIONS: error._replace(half_width=0.7), PRODUCTS: error._replace(half_width=0.1)}
    predictor = PerMac()
    chip = Accelerator(
        name="chip",
        title="Chip",
        kinds=["conv", "fc"],
        technology=None,
        citation=Citation("x", "X", "@misc{x}"),
        provenance="measured",
        measurements=[Measurement("N", layer, 1, latency_s=1.0) for layer in (CONV, FC)],
        cross_validated={predictor.name: {"latency": error._replace(kinds=kinds)}},
    )
    fitted = predictor.fit(chip.measurements)
    rule = pooled_interval_rule(predictor, fitted, chip)
    assert rule is not None

    for layer, half_width in ((CONV, 0.7), (FC, 0.1)):
        interval = rule.interval(layer, fitted, Cost(1.0, None))
        assert interval is not None
        assert interval.latency_s == pytest.approx((math.exp(-half_width), math.exp(half_width)))


def test_coverage_is_that_of_the_intervals_of_kinds() -> None:
    """A product that errs as a convolution does lies outside the interval of products."""
    every = (*runs(CONV, [1.5] * 40), *runs(FC, [1.1] * 39 + [1.4]))
    found = cross_conformal(every)["latency"]

    assert (found.inside, found.judged) == (79, 80)


def test_errors_as_plain_values_are_read_again() -> None:
    """What a file of fits and JSON hold of an error is the whole of it."""
    error = cross_validated(held(runs(CONV, [1.5] * 30), runs(FC, [1.1] * 30)))["latency"]

    assert CrossValidated.of_record(error.record()) == error
