"""Plans of sweeps: what an axis changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core import sweep

HEADER = """
name = "mychip"
title = "MyChip"
kinds = ["fc"]
provenance = "measured"
table = "mychip.csv"
citation = { key = "doe", text = "J. Doe", bibtex = "@misc{doe}" }
"""
# Neither linear in the batch nor a constant and so much for each inference.
LATENCY_US = {1: 100, 2: 110, 4: 190}
CONFIG = """
[network]
name = "AlexNet"
layers = ["FC6"]
[dispatch]
fc = "mychip"
[accelerator.mychip]
file = "mychip.toml"
[sweep]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The configuration of a chip that was measured at three batches."""
    (tmp_path / "mychip.toml").write_text(HEADER)
    rows = [f"AlexNet,FC6,fc,37748736,{batch},{us}\n" for batch, us in LATENCY_US.items()]
    text = "network,layer,kind,macs,batch,latency_us\n" + "".join(rows)
    (tmp_path / "mychip.csv").write_text(text)
    return tmp_path / "sweep.toml"


def test_a_list_of_batches_is_computed_batch_by_batch(config: Path) -> None:
    """Each batch of a list costs what was measured at it, whatever lies between them."""
    config.write_text(f"{CONFIG}network.batch = {list(LATENCY_US)}\n")
    points = sweep(config).select("network.batch", "latency_s").collect()
    found = dict(points.iter_rows())
    assert {batch: pytest.approx(us * 1e-6) for batch, us in LATENCY_US.items()} == found


def test_a_range_of_such_batches_says_to_list_them(config: Path) -> None:
    """Where a range cannot be told from three batches, its points say what to write instead."""
    config.write_text(f"{CONFIG}network.batch = {{ start = 1, stop = 4, num = 4 }}\n")
    points = sweep(config).select("latency_s", "problem").collect()
    assert points["latency_s"].is_null().all()
    assert points["problem"].str.contains("give the batches one by one, as a list").all()
