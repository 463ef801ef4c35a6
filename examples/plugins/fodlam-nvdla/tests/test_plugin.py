"""The plugin as it is installed."""

from __future__ import annotations

from pathlib import Path

import fodlam_nvdla
import pytest

from fodlam_core import ConfigError, estimate
from fodlam_core.testing import check_plugin

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_conforms() -> None:
    """All seven sizes pass the checks for accelerators."""
    check_plugin(fodlam_nvdla)


def test_beside_eyeriss_and_eie() -> None:
    """The two examples run; the published rate stands beside the total of NVDLA alone."""
    nvdla = estimate(EXAMPLES / "resnet50-nvdla.toml")
    others = estimate(EXAMPLES / "resnet50-eyeriss-eie.toml")
    assert nvdla.network.total_macs == others.network.total_macs
    (reference,) = nvdla.references
    assert reference.latency_s == 1 / 269
    assert nvdla.totals["total"].latency_s == pytest.approx(1 / 269, rel=0.05)
    assert others.references == ()
    assert nvdla.totals["total"].latency_s < others.totals["total"].latency_s


def test_options_reach_the_model(tmp_path: Path) -> None:
    """A batch for fully-connected layers lowers the cost of each inference."""
    config = tmp_path / "config.toml"
    text = (
        '[network]\nname = "AlexNet"\nlayers = ["FC6"]\n[technology]\nnode_nm = 16\n'
        '[dispatch]\nfc = "nvdla-256"\n[accelerator.nvdla-256]\nfc_batch = '
    )
    config.write_text(f"{text}1\n")
    one = estimate(config)
    config.write_text(f"{text}16\n")
    assert estimate(config).totals["fc"].latency_s < one.totals["fc"].latency_s / 5


def test_wrong_options_are_told(tmp_path: Path) -> None:
    """An option out of range names its table and key."""
    config = tmp_path / "config.toml"
    config.write_text('[network]\nname = "AlexNet"\n[accelerator.nvdla-256]\nfc_batch = 0\n')
    with pytest.raises(ConfigError, match=r"\[accelerator.nvdla-256\] fc_batch: 0 is not positive"):
        estimate(config)
