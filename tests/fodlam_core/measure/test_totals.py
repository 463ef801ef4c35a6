"""A chip that is known by times of whole networks alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core import Accelerator, Citation, FodlamError, Reference, load_accelerator
from fodlam_core.measure.about import About
from fodlam_core.measure.chip_file import write_chip
from fodlam_core.measure.found import Found, Whole
from fodlam_core.measure.machine import Machine
from fodlam_core.measure.timing import Sample
from fodlam_core.measure.totals import is_totals, read_totals, write_fits
from fodlam_core.networks.zoo import zoo_network
from fodlam_core.predictors.linear import Linear

ABOUT = About("m", Machine("", "", 1, None, None, None, None), "", "2026-11-26", sources=("t.csv",))
NAMES = ("SqueezeNet-1.1", "AlexNet", "MobileNetV1", "MobileNetV2", "ResNet-18", "GoogLeNet")
NETWORKS = {name: zoo_network(name) for name in NAMES}


def seconds(name: str, speed: float) -> float:
    """Return what a network takes on chips that differ in speed alone."""
    return (NETWORKS[name].total_macs * 1e-11 + 1e-4 * len(NETWORKS[name].layers)) / speed


def written(tmp_path: Path, measured: tuple[str, ...]) -> str:
    """Write a chip that is known by networks, and return its header."""
    found = Found()
    for name in measured:
        whole = Whole(NETWORKS[name], where="whole runs", calibration=True)
        found.networks["cpu-fp32-1t", name, 1] = whole, Sample.of([seconds(name, 3.0)])
    path = str(tmp_path / "m.toml")
    write_chip(path, ABOUT, found)
    return path


def others(terms: str = "networks") -> list[Accelerator]:
    """Return chips that are known by all networks."""
    return [
        Accelerator(
            f"c{speed}",
            "",
            ("conv", "fc"),
            None,
            Citation("key", "text", "@misc{key, title={x}}"),
            "measured",
            references=[Reference(name, 1, latency_s=seconds(name, speed)) for name in NAMES],
            networks=NETWORKS,
            predictors=[Linear(terms)],
        )
        for speed in (1.0, 2.0, 5.0)
    ]


def test_one_network_and_a_prior(tmp_path: Path) -> None:
    """The file predicts other networks, and has the error of chips in its place, by itself."""
    path = written(tmp_path, ("AlexNet",))

    told = write_fits(path, NETWORKS, others())

    [point] = load_accelerator(path).points
    assert "leave-chips-out" in told[point.name]
    assert 3 == point.cross_validated["linear"]["latency"].groups
    fitted = point.predictors[0].restore(point.fits["linear"], ())
    layers = NETWORKS["ResNet-18"].layers
    total = sum((fitted.predict(each, 1).latency_s or 0) * each.repeat for each in layers)
    assert pytest.approx(seconds("ResNet-18", 3.0), rel=0.2) == total


def test_without_a_prior(tmp_path: Path) -> None:
    """The fit is that of the networks themselves; of one alone no error is claimed."""
    path = written(tmp_path, ("AlexNet",))

    told = write_fits(path, NETWORKS, [])

    [point] = load_accelerator(path).points
    assert "is not known" in told[point.name]
    assert {} == dict(point.cross_validated["linear"])


def test_chips_of_two_kinds_are_no_prior(tmp_path: Path) -> None:
    """Coefficients of different terms are not averaged."""
    path = written(tmp_path, ("AlexNet",))

    with pytest.raises(FodlamError, match="name chips of one kind"):
        write_fits(path, NETWORKS, [*others(), *others("networks-gpu")])


def test_file(tmp_path: Path) -> None:
    """Times are read by network; a table of layers is none of totals."""
    path = tmp_path / "t.csv"
    path.write_text("network, ms\nAlexNet,8\nAlexNet,10\n")
    assert is_totals(str(path))
    assert {"AlexNet": [0.008, 0.01]} == read_totals(str(path))

    path.write_text("layer,ms\nCONV1,8\n")
    assert not is_totals(str(path))
    path.write_text("\n")
    with pytest.raises(FodlamError, match="t.csv: is empty"):
        is_totals(str(path))
    with pytest.raises(FodlamError, match="none.csv: No such file"):
        is_totals(str(tmp_path / "none.csv"))


@pytest.mark.parametrize(
    ("rows", "message"), [("", "has no rows"), ("AlexNet,-1\n", "t.csv:2: ms: '-1' is not")]
)
def test_mistakes(tmp_path: Path, rows: str, message: str) -> None:
    """What is wrong in the file is said with its line."""
    path = tmp_path / "t.csv"
    path.write_text("network,ms\n" + rows)

    with pytest.raises(FodlamError, match=message):
        read_totals(str(path))
