"""The printed numbers that the cost of a layer is traced to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest

from fodlam_core import Config, NetworkConfig, Registry, estimate, load_accelerator
from fodlam_core.estimates.explain.provenance import provenances

if TYPE_CHECKING:
    from pathlib import Path

    from fodlam_core import Accelerator

HEADER = """\
name = "chip"
title = "Chip"
kinds = ["fc"]
provenance = "measured"
table = "chip.csv"
publication = "tables.toml"
technology = {node_nm = 65}
citation = {key = "doe2030", text = "J. Doe", bibtex = "@misc{doe2030}"}
"""
TABLES = """\
data = "chip.csv"
[layouts.times]
corner = "Layer"
columns = [
    {name = "theoretical_latency_us", title = "Theoretical Time"},
    {name = "latency_us", title = "Actual Time"},
    {name = "idle_power_mw", title = "Idle Power"},
    {name = "power_mw", title = "Power"},
]
[[tables]]
name = "Table 1"
title = "times"
layout = "times"
network = "VGG16"
"""
ROWS = """\
network,layer,kind,macs,batch,theoretical_latency_us,latency_us,idle_power_mw,power_mw
VGG16,FC6,fc,102760448,1,34.4,34.4,500,500
"""


@pytest.fixture
def chip(tmp_path: Path) -> Accelerator:
    """Return a chip whose table has equal numbers in several columns."""
    (tmp_path / "chip.toml").write_text(HEADER)
    (tmp_path / "tables.toml").write_text(TABLES)
    (tmp_path / "chip.csv").write_text(ROWS)
    return load_accelerator(tmp_path / "chip.toml")


def columns(chip: Accelerator, registry: Registry) -> dict[str, str]:
    """Return the titles of the columns that the chain of FC6 names, by the quantity."""
    config = Config(NetworkConfig("VGG16", layers=("FC6",)), dispatch={"fc": "chip"})
    [chain] = provenances(estimate(config, registry.with_accelerator(chip, "chip.toml")))
    assert chain is not None
    return {
        step.quantity: step.text.split('column "')[1].split('"')[0]
        for step in chain.steps
        if 'column "' in step.text
    }


def test_equal_cells(chip: Accelerator, registry: Registry) -> None:
    """The column that a number was read from is named, also where another has the same number."""
    assert {"latency": "Actual Time", "power": "Power"} == columns(chip, registry)


def test_a_copy_with_another_column(chip: Accelerator, registry: Registry) -> None:
    """A row made from another column names that column; one with a number of its own names none."""
    [row] = chip.measurements
    names = {**row.columns, "latency_s": row.columns["theoretical_latency_s"]}
    theoretical = attrs.evolve(row, columns=names)
    faster = attrs.evolve(row, latency_s=row.latency_s / 2)

    found = columns(attrs.evolve(chip, measurements=[theoretical]), registry)
    assert "Theoretical Time" == found["latency"]
    assert "latency" not in columns(attrs.evolve(chip, measurements=[faster]), registry)
