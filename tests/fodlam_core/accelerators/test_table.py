"""The table of layers of a data file."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core.accelerators.table import read_table

HEADER = "network,layer,kind,macs,batch,latency_ms,processing_latency_ms,dram_mb\n"


def test_a_row_becomes_a_measurement(tmp_path: Path) -> None:
    """Latency, waiting time, power and details of a row are in SI units."""
    path = tmp_path / "t.csv"
    path.write_text(HEADER + "Net,C1,conv,100,2,4.0,3.0,5\n")

    [each], problems = read_table(str(path), ["conv"], 0.5)

    row = each.measurement
    assert [] == problems
    assert ("Net", "C1", 2) == (row.network, row.layer.name, row.batch)
    assert pytest.approx((4e-3, 1e-3, 0.5)) == (row.latency_s, row.offchip_latency_s, row.power_w)
    assert {"dram_bytes": 5e6} == dict(row.details)


def test_every_mistake_has_its_line(tmp_path: Path) -> None:
    """A row with a mistake is left out, and all mistakes are told with file and line."""
    path = tmp_path / "t.csv"
    path.write_text(HEADER + "Net,C1,conv,100,2,3.0,4.0,5\nNet,C2,fc,x,1,1,1,\n")

    rows, problems = read_table(str(path), ["conv"], 0.5)

    assert [] == rows
    assert [f"{path}:2", f"{path}:3", f"{path}:3"] == [text.split(": ")[0] for text in problems]
