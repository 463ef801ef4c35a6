"""The table of whole networks."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core.accelerators.reference_table import read_references


def test_rows(tmp_path: Path) -> None:
    """Each row is a published cost; power times latency is an energy."""
    path = tmp_path / "r.csv"
    path.write_text("network,batch,latency_ms,power_w,source\nVGG16,2,40,5,Table 3\n")

    [row], problems = read_references(str(path))

    assert [] == problems
    reference = row.reference
    assert ("VGG16", 2, "Table 3") == (reference.network, reference.batch, reference.where)
    assert pytest.approx((0.04, 0.2)) == (reference.latency_s, reference.energy_j)


def test_mistakes_have_their_line(tmp_path: Path) -> None:
    """A network that is listed twice, an empty cost and a misspelt column are told."""
    path = tmp_path / "r.csv"
    path.write_text("network,batch,latency_ms\nA,1,1\nA,1,2\nB,1,\n")

    _, problems = read_references(str(path))
    assert [f"{path}:3", f"{path}:4"] == [text.split(": ")[0] for text in problems]

    path.write_text("network,batch,latencyms\n")
    assert "unknown column 'latencyms'" in read_references(str(path))[1][0]
