"""``measure --import``: times that something else measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fodlam_core import load_accelerator


@pytest.fixture(autouse=True)
def files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Work in a folder with times of layers and of networks."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "layers.csv").write_text("layer,ms\nCONV1,5.1\nFC8,1.9\n")
    (tmp_path / "totals.csv").write_text("network,ms\nAlexNet,8\nVGG16,90\nResNet-18,15\n")


def test_whole_networks(cli: Any) -> None:
    """Times of whole networks become a chip that answers for them, and predicts others."""
    result = cli("measure", "--import", "totals.csv", "-o", "phone.toml")
    estimate = cli("run", "SqueezeNet-1.1", "--on", "phone.toml")

    assert (0, 0) == (result.status, estimate.status), result.err + estimate.err
    assert "phone/cpu-fp32-1t: 3 measured networks" in result.out
    chip = load_accelerator("phone.toml")
    assert {"AlexNet": 0.008, "VGG16": 0.09, "ResNet-18": 0.015} == {
        each.network: each.latency_s for each in chip.references
    }
    assert chip.fits["linear"].latency


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--import totals.csv AlexNet", "names its networks"),
        ("--import totals.csv --threads 1,2", "at most one --precision"),
        ("--import totals.csv --prior nochip", "nochip"),
        (
            "--import layers.csv AlexNet --prior eyeriss",
            "--prior: only for times of whole networks",
        ),
        ("AlexNet --prior eyeriss", "--prior: only for times of whole networks"),
        ("--import layers.csv", "name the one network"),
        ("--import none.csv AlexNet", "none.csv"),
    ],
)
def test_bad_input(cli: Any, tmp_path: Path, arguments: str, message: str) -> None:
    """What cannot be is refused, with what to do, and no file is left."""
    result = cli("measure", *arguments.split(), "-o", "m.toml")

    assert result.status in (1, 2)
    assert message in result.err
    assert "Traceback" not in result.err
    assert ["layers.csv", "totals.csv"] == sorted(path.name for path in tmp_path.iterdir())
