"""Fits that stand beside the tables of a chip."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import FcShape, Layer, load_accelerator, store_fits
from fodlam_core.accelerators.fits import fits_digest, fits_text, read_fits
from fodlam_core.config import Config, NetworkConfig
from fodlam_core.config.asked import on_chips
from fodlam_core.estimates import estimate
from fodlam_core.plugins.registry import load_registry
from fodlam_core.validation.stored import stored_fit

HEADER = """
name = "mychip"
title = "MyChip"
kinds = ["fc"]
provenance = "measured"
predictors = ["linear"]
fits = "mychip-fits.json"
{tables}
[citation]
key = "doe2030"
text = "J. Doe, MyChip, 2030"
bibtex = "@misc{{doe2030}}"
"""
SIZES = [(16, 8), (64, 32), (256, 64), (512, 512), (1024, 100), (40, 400)]


def chip(folder: Path, points: tuple[str, ...] = ()) -> Path:
    """Write a chip of six products, at every point; return its header."""
    columns = "point," if points else ""
    lines = [f"{columns}network,layer,kind,inputs,outputs,batch,latency_us"]
    for number, (inputs, outputs) in enumerate(SIZES):
        for slower, point in enumerate(points or ("",), 1):
            own = f"{point}," if points else ""
            latency = slower * (5 + inputs * outputs / 1000 + number % 2)
            lines.append(f"{own}N{number},f,fc,{inputs},{outputs},1,{latency:.3f}")
    (folder / "mychip.csv").write_text("\n".join(lines) + "\n")
    tables = '"mychip.csv"'
    text = HEADER.format(tables=f"tables = [{tables}]" if points else f"table = {tables}")
    path = folder / "mychip.toml"
    path.write_text(text + "".join(f"[points.{point}]\n" for point in points))
    return path


def test_a_stored_fit_is_used(tmp_path: Path) -> None:
    """What was stored predicts as a fit of the rows does, and brings its errors."""
    path = chip(tmp_path)
    fresh = load_accelerator(path)
    assert store_fits(path, tmp_path / "mychip-fits.json") == ["mychip"]

    stored = load_accelerator(path)
    layer = Layer.from_shape("f", FcShape(300, 300))
    fitted: Any = fresh.predictors[0].fit(fresh.measurements)
    kept: Any = stored.predictors[0].restore(stored.fits["linear"], stored.measurements)

    assert fresh.fits == {}
    assert stored.cross_validated["linear"]["latency"].groups == len(SIZES)
    assert kept.predict(layer, 3).latency_s == pytest.approx(fitted.predict(layer, 3).latency_s)


def test_every_point_has_its_own(tmp_path: Path) -> None:
    """Each operating point is fitted to its rows; the chip's name stands for the default one."""
    path = chip(tmp_path, ("fast", "slow"))
    assert store_fits(path, tmp_path / "mychip-fits.json") == ["mychip/fast", "mychip/slow"]

    read = load_accelerator(path)
    fast, slow = (point.fits["linear"].latency[0].coefficients for point in read.points)
    assert read.fits == read.points[0].fits
    assert slow == pytest.approx({term: 2 * value for term, value in fast.items()}, rel=1e-3)


@pytest.mark.parametrize("changed", ["mychip.csv", "mychip.toml"])
def test_changed_rows_are_fitted_anew(tmp_path: Path, changed: str) -> None:
    """A fit of other rows, or of another header, is left out."""
    path = chip(tmp_path)
    store_fits(path, tmp_path / "mychip-fits.json")
    file = tmp_path / changed
    file.write_text(file.read_text().replace("N0", "M0").replace("J. Doe", "J. Roe"))

    assert load_accelerator(path).fits == {}


@pytest.mark.parametrize("content", ["", "[]", "{", '{"mychip": {}}', '{"mychip": {"digest": 1}}'])
def test_a_file_that_is_none_counts_as_missing(tmp_path: Path, content: str) -> None:
    """Fits can be made at any time: a broken file stops nothing."""
    path = chip(tmp_path)
    (tmp_path / "mychip-fits.json").write_text(content)
    assert load_accelerator(path).fits == {}


def test_a_term_that_there_is_not_is_no_fit(tmp_path: Path) -> None:
    """A fit of terms of another version, or of negative ones, is left out."""
    path = chip(tmp_path)
    store_fits(path, tmp_path / "mychip-fits.json")
    record = json.loads((tmp_path / "mychip-fits.json").read_text())

    for wrong in ({"no_such_term": 1.0}, {"layers": -1.0}):
        record["mychip"]["latency"][0]["coefficients"] = wrong
        assert read_fits(json.dumps(record).encode()) == {}


def test_text_is_read_back(tmp_path: Path) -> None:
    """What is written is what is read, to the last digit that is kept."""
    fit = stored_fit(load_accelerator(chip(tmp_path)), fits_digest([b"x"]))
    assert fit is not None
    text = fits_text({"mychip": fit})

    assert read_fits(text.encode())["mychip"].digest == fit.digest
    assert fits_text(read_fits(text.encode())) == text


def test_a_run_takes_the_stored_fit(tmp_path: Path) -> None:
    """A run predicts from the stored coefficients, not from the rows."""
    path = chip(tmp_path)
    store_fits(path, tmp_path / "mychip-fits.json")
    fits = tmp_path / "mychip-fits.json"
    registry = load_registry(installed=False)
    config = on_chips(
        Config(NetworkConfig("AlexNet", layers=("FC6", "FC7"))), [str(path)], registry
    )
    before = estimate(config).totals["total"].latency_s
    record = json.loads(fits.read_text())
    coefficients = record["mychip"]["latency"][0]["coefficients"]
    record["mychip"]["latency"][0]["coefficients"] = {k: 2 * v for k, v in coefficients.items()}
    fits.write_text(json.dumps(record))

    assert estimate(config).totals["total"].latency_s == pytest.approx(2 * before, rel=1e-6)


def test_tables_are_hashed_once_for_all_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many points have a fit, what they were made from is read once to check them."""
    path = chip(tmp_path, ("fast", "slow", "slowest"))
    assert 3 == len(store_fits(path, tmp_path / "mychip-fits.json"))
    hashed: list[int] = []
    monkeypatch.setattr(
        "fodlam_core.accelerators.fits.fits_digest",
        lambda parts: hashed.append(len(parts)) or fits_digest(parts),
    )

    assert all(point.fits for point in load_accelerator(path).points)
    assert [2] == hashed
