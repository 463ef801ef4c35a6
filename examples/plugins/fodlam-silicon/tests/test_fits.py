"""The fits that stand beside the tables, and their errors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import fodlam_silicon.fits
import pytest
from fodlam_silicon.catalogue import index
from fodlam_silicon.fits import digest_of, fit_of, fits
from fodlam_silicon.point import accelerator

from fodlam_core import CrossValidated, fits_digest
from fodlam_core.predictors.linear import Linear
from fodlam_core.validation.stored import stored_fit

# A microcontroller with energies, a phone, a GPU, a board, layers on an FPGA, matrix products.
SOME = [
    ("gap8", "int8"),
    ("snapdragon-835", "ncnn-4t-big"),
    ("rtx-3090", "ncnn-gpu-2"),
    ("ghp-fpga", "m32p32"),
    ("raspberry-pi-3", "deepbench-fp32"),
]
POINTS = [
    (source, chip, point)
    for chip, entry in index().items()
    for point, (source, *_) in entry["points"].items()
]

# From Python 3.12 on sum() carries the rounding along. Then a fit without a row or two may fall to
# the other side of a tie between two sets of coefficients, and few rows have few such fits.
NEAR = 1e-3 if sys.version_info < (3, 12) else 0.5


@pytest.mark.parametrize(("chip", "point"), SOME)
def test_stored_fit_is_that_of_the_tables(chip: str, point: str) -> None:
    """Made again from the tables, fit and errors are those that are stored."""
    source = index()[chip]["points"][point][0]
    stored = fit_of(source, chip, point)
    again = stored_fit(accelerator(chip, point), digest_of(source, chip))

    assert stored is not None
    assert again is not None
    for quantity in ("latency", "energy"):
        one, other = getattr(stored, quantity), getattr(again, quantity)
        assert len(one) == len(other)
        for kept, fresh in zip(one, other, strict=True):
            assert kept.coefficients == pytest.approx(dict(fresh.coefficients), rel=1e-9)
            assert kept[1:] == fresh[1:]
    assert stored.errors.keys() == again.errors.keys()
    for quantity, each in again.errors.items():
        _check_error(stored.errors[quantity], each)
        assert stored.errors[quantity].kinds.keys() == each.kinds.keys()
        for kind, own in each.kinds.items():
            _check_error(stored.errors[quantity].kinds[kind], own)
    assert (stored.digest, stored.ranges) == (again.digest, again.ranges)


def _check_error(stored: CrossValidated, again: CrossValidated) -> None:
    assert stored[:3] == again[:3]
    numbers = [value or 0.0 for value in stored[3:-1]]
    assert numbers == pytest.approx([value or 0.0 for value in again[3:-1]], rel=NEAR)


def test_convolutions_and_products_have_errors_of_their_own() -> None:
    """Both kinds of DeepBench are known by rows enough, of TopHub's few products one error is not.

    The interval of the latter is that of all layers.
    """
    apart = accelerator("tesla-v100", "deepbench-fp32").cross_validated["linear"]["latency"]
    few = accelerator("qualcomm-adreno", "tophub-adreno-fp32").cross_validated["linear"]["latency"]

    assert {kind: each.runs for kind, each in apart.kinds.items()} == {
        "convolutions": 73,
        "products": 146,
    }
    assert apart.kinds["products"].half_width < apart.half_width
    assert apart.half_width < apart.kinds["convolutions"].half_width
    assert few.kinds["products"].runs == 4
    assert few.kinds["products"].half_width == few.half_width


def test_a_fit_with_donors_is_that_of_the_tables() -> None:
    """A point of few networks is pulled towards other chips in what is stored, too."""
    chip = accelerator("raspberry-pi-4", "ncnn-4t-int8")
    [predictor] = chip.predictors
    fitted: Any = Linear(predictor.terms, predictor.donors).fit((), chip.references, chip.networks)
    [kept] = chip.fits["linear"].latency

    assert kept.coefficients == pytest.approx(dict(fitted.latency.coefficients), rel=1e-5)


def test_every_fit_is_of_the_tables_that_there_are() -> None:
    """No digest is out of date, and no fit is of a point that there is not."""
    known = {source: dict(fits(source)) for source, _, _ in POINTS}
    found = [
        (known[source].pop(f"{chip}/{point}", None), source, chip) for source, chip, point in POINTS
    ]

    assert all(fit.digest == digest_of(source, chip) for fit, source, chip in found if fit)
    assert all(not left for left in known.values())


def test_most_measured_points_have_an_error() -> None:
    """Every error is positive and finite, and there are hundreds of them."""
    every = [
        each
        for source, _, _ in POINTS
        for fit in fits(source).values()
        for each in fit.errors.values()
    ]

    assert len(every) > 700
    assert all(0 < each.half_width < 10 and each.groups >= 2 for each in every)


def test_changed_tables_are_fitted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fit of other rows is not used: the chip has none, and is fitted when it is used."""

    def changed(_source: str, _chip: str) -> str:
        return fits_digest([b"other rows"])

    assert accelerator("gap8", "int8").fits
    monkeypatch.setattr(fodlam_silicon.fits, "digest_of", changed)

    assert accelerator("gap8", "int8").fits == {}
    assert accelerator("gap8", "int8").cross_validated == {}


def test_restored_predicts_as_fitted() -> None:
    """A stored fit predicts what a fresh one does, corrections by measured rows included."""
    chip: Any = accelerator("ghp-fpga", "m32p32")
    fresh = chip.predictors[0].fit(chip.measurements, chip.references, chip.networks)
    kept = chip.predictors[0].restore(chip.fits["linear"], chip.measurements)

    assert chip.fits["linear"].latency[0].neighbours
    for row in chip.measurements[::40]:
        expected = fresh.predict(row.layer, row.batch).latency_s
        assert kept.predict(row.layer, row.batch).latency_s == pytest.approx(expected, rel=1e-9)


def test_files_are_small() -> None:
    """All fits take less than a megabyte."""
    folder = Path(fodlam_silicon.fits.__file__).parent
    assert sum(path.stat().st_size for path in folder.glob("*/fits.json")) < 1e6
