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


def fc_latency_s(tmp_path: Path, network: str, options: str = "") -> float:
    """Return the latency of AlexNet's FC6 on the model with 256 MACs."""
    config = tmp_path / "config.toml"
    config.write_text(
        f'[network]\nname = "AlexNet"\nlayers = ["FC6"]\n{network}\n[technology]\nnode_nm = 16\n'
        f'[dispatch]\nfc = "nvdla-256"\n[accelerator.nvdla-256]\n{options}\n'
    )
    latency_s = estimate(config).totals["fc"].latency_s
    assert latency_s is not None
    return latency_s


def test_a_batch_shares_weights(tmp_path: Path) -> None:
    """Sixteen inferences together cost less than a fifth of sixteen by themselves."""
    one = fc_latency_s(tmp_path, "batch = 1")
    assert fc_latency_s(tmp_path, "batch = 16") < 16 * one / 5


def test_options_reach_the_model(tmp_path: Path) -> None:
    """Kernels that are rounded up far beyond their number cost time."""
    plain = fc_latency_s(tmp_path, "batch = 1")
    assert fc_latency_s(tmp_path, "batch = 1", "kernels = 10000000") > plain


def test_wrong_options_are_told(tmp_path: Path) -> None:
    """An option out of range names its table and key."""
    config = tmp_path / "config.toml"
    config.write_text('[network]\nname = "AlexNet"\n[accelerator.nvdla-256]\nkernels = 0\n')
    with pytest.raises(ConfigError, match=r"\[accelerator.nvdla-256\] kernels: 0 is not positive"):
        estimate(config)
