"""Errors of predictors."""

from __future__ import annotations

import attrs
import pytest

from fodlam_core import Accelerator, Measurement, PredictionError, Registry
from fodlam_core.predictors.per_mac import PerMac
from fodlam_core.validation.folds import SCHEMES
from fodlam_core.validation.scores import validate
from fodlam_eyeriss.row_stationary import RowStationary


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_known_error_is_found_exactly(chip: Accelerator, scheme: str) -> None:
    """A predictor that is off by 25 % in time scores so in latency, 0 in energy, 20 % in power."""
    [result] = validate([chip], schemes=[scheme])
    expected = {"latency": (0.25, 0.25), "energy": (0.0, 0.0), "power": (0.2, -0.2)}
    for record in result.records():
        error, signed = expected[record["metric"]]
        assert [record[what] for what in ("mape", "median", "worst")] == pytest.approx([error] * 3)
        assert record["totals"] == pytest.approx({"A": signed, "B": signed})
        assert all(fold["mape"] == pytest.approx(error) for fold in record["folds"])
        assert record["scheme"] == scheme
        assert (record["accelerator"], record["kind"], record["predictor"]) == ("chip", "fc", "off")


def test_a_constant_cost_per_mac_is_predicted_without_error(chip: Accelerator) -> None:
    """FODLAM's rule has no error on a chip on which every MAC costs the same."""
    exact = attrs.evolve(chip, predictors=[PerMac()])
    for result in validate([exact]):
        for record in result.records():
            assert record["worst"] == pytest.approx(0, abs=1e-12)


# Mean errors in percent that were computed independently of this code.
INDEPENDENT = [
    ("eyeriss", "per-mac", "latency", "leave-one-network-out", 62.6),
    ("eyeriss", "per-mac", "energy", "leave-one-network-out", 56.9),
    ("eyeriss", "per-mac", "latency", "leave-one-layer-out", 88.3),
    ("eyeriss", "per-mac", "energy", "leave-one-layer-out", 78.2),
    ("eyeriss", "per-mac", "latency", "leave-one-block-out", 96.3),
    ("eie", "per-mac", "latency", "leave-one-network-out", 78.2),
]


@pytest.mark.parametrize(("accelerator", "predictor", "metric", "scheme", "percent"), INDEPENDENT)
def test_fodlams_rule_errs_as_computed_elsewhere(
    registry: Registry, accelerator: str, predictor: str, metric: str, scheme: str, percent: float
) -> None:
    """Cross-validation of the per-MAC rule gives independently computed figures."""
    [result] = validate([registry.accelerator(accelerator)], [predictor], [scheme])
    record = next(each for each in result.records() if each["metric"] == metric)
    assert round(100 * record["mape"], 1) == percent


BOUNDS = [
    ("eyeriss", "row-stationary", "latency", "leave-one-layer-out", 7),
    ("eyeriss", "row-stationary", "latency", "leave-one-block-out", 8),
    ("eyeriss", "row-stationary", "latency", "leave-one-network-out", 20),
    ("eyeriss", "row-stationary", "energy", "leave-one-network-out", 20),
    ("eyeriss", "row-stationary-average-zeros", "energy", "leave-one-network-out", 24),
    ("eyeriss", "row-stationary-derived", "latency", "leave-one-layer-out", 7),
    ("eyeriss", "row-stationary-derived", "latency", "leave-one-block-out", 8),
    ("eyeriss", "row-stationary-derived", "latency", "leave-one-network-out", 7),
    ("eyeriss", "row-stationary-derived", "energy", "leave-one-network-out", 11),
    ("eyeriss", "row-stationary-derived-average-zeros", "energy", "leave-one-network-out", 16),
    ("eie", "sparse", "latency", "leave-one-network-out", 13),
]


@pytest.mark.parametrize(("accelerator", "predictor", "metric", "scheme", "percent"), BOUNDS)
def test_the_better_predictors_stay_below(
    registry: Registry, accelerator: str, predictor: str, metric: str, scheme: str, percent: float
) -> None:
    """The predictors that know the chip err by no more than what is said of them."""
    [result] = validate([registry.accelerator(accelerator)], [predictor], [scheme])
    record = next(each for each in result.records() if each["metric"] == metric)
    assert 100 * record["mape"] <= percent


def test_a_fold_that_leaves_a_constant_open_says_so(registry: Registry) -> None:
    """AlexNet alone does not tell the channels per pass, VGG-16 does."""
    [result] = validate(
        [registry.accelerator("eyeriss")], ["row-stationary"], ["leave-one-network-out"]
    )
    record = next(result.records())
    from_vgg, from_alexnet = record["folds"]
    assert (from_vgg["held_out"], from_vgg["trained_on"], from_vgg["notes"]) == (
        "AlexNet",
        ["VGG16"],
        [],
    )
    assert "channels per pass are not identified" in from_alexnet["notes"][0]
    assert record["notes"] == [
        *RowStationary.notes,
        f"without VGG16: {from_alexnet['notes'][0]}",
    ]


@pytest.mark.parametrize("name", ["eyeriss", "eie"])
def test_the_default_is_the_best_that_needs_no_densities(registry: Registry, name: str) -> None:
    """The default has the least latency error of those that any layer with a shape can have."""
    accelerator = registry.accelerator(name)
    general = [each.name for each in accelerator.predictors if each.requires <= {"shape"}]
    results = validate([accelerator], general, ["leave-one-network-out"])
    errors = {each.predictor: next(each.records())["mape"] for each in results}
    first = next(each.name for each in accelerator.predictors if each.requires <= {"shape"})
    assert min(errors, key=lambda predictor: errors[predictor]) == first


def test_one_network_leaves_a_scheme_without_score(chip: Accelerator) -> None:
    """Where there is nothing to hold out, scores are not known, and a note says why."""
    alone = attrs.evolve(chip, measurements=chip.measurements[:2])
    [result] = validate([alone], schemes=["leave-one-network-out"])
    record = next(result.records())
    assert (record["mape"], record["worst_layer"], record["folds"]) == (None, None, [])
    assert "only one group" in record["notes"][0]


def test_a_predictor_that_cannot_tell_has_no_score(chip: Accelerator) -> None:
    """A predictor that refuses a fold gets no score there, and its reason is in the notes."""

    class Refusing(PerMac):
        name = "refusing"

        def fit(self, measurements: object) -> object:  # type: ignore[override]
            raise PredictionError("refusing: as ever")

    [result] = validate(
        [attrs.evolve(chip, predictors=[Refusing()])], schemes=[next(iter(SCHEMES))]
    )
    record = next(result.records())
    assert record["mape"] is None
    assert record["folds"][0]["mape"] is None
    assert record["notes"] == ["without A: refusing: as ever", "without B: refusing: as ever"]


def test_an_accelerator_without_measurements_has_no_rows(chip: Accelerator) -> None:
    """An accelerator that is known by a formula alone cannot be validated."""
    assert validate([attrs.evolve(chip, measurements=[])]) == []


def test_rows_that_are_no_calibration_enter_no_fold(chip: Accelerator) -> None:
    """A row that is not for calibration is neither fitted to nor predicted."""
    rows: list[Measurement] = [*chip.measurements]
    rows.append(attrs.evolve(rows[0], network="C", calibration=False))
    [result] = validate([attrs.evolve(chip, measurements=rows)], schemes=["leave-one-network-out"])
    assert [fold.fold.held_out for fold in result.folds] == ["A", "B"]


def test_layers_are_shown_predicted_against_measured(chip: Accelerator) -> None:
    """Each layer is shown with both costs of one inference and the signed errors."""
    [result] = validate([chip], schemes=["leave-one-network-out"])
    row = next(result.layer_records())
    assert (row["network"], row["layer"]) == ("A", "a1")
    assert row["measured_latency_s"] == pytest.approx(100e-9)
    assert row["predicted_latency_s"] == pytest.approx(125e-9)
    assert row["latency_error"] == pytest.approx(0.25)
