"""The table of operators without MACs."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core.accelerators.operator_table import read_operators
from fodlam_core.model.costs import Cost
from fodlam_core.model.memory_pass import MemoryPass
from fodlam_core.model.pass_measurement import PassMeasurement


def test_rows(tmp_path: Path) -> None:
    """Each row is a pass and its cost for a batch; window and batch are 1 by default."""
    path = tmp_path / "o.csv"
    path.write_text(
        "operator,read,written,window,batch,latency_us,power_w,point\n"
        "MaxPool,400,100,4,2,3,5,a\nAdd,200,100,,,0,,b\n"
    )

    rows, problems = read_operators(str(path), ("a", "b"))

    assert [] == problems
    assert ["a", "b"] == [row.point for row in rows]
    pool, add = (row.measurement for row in rows)
    assert (MemoryPass("MaxPool", 400, 100, 4), 2) == (pool.what, pool.batch)
    assert pytest.approx((3e-6, 15e-6)) == (pool.cost.latency_s, pool.cost.energy_j)
    assert PassMeasurement(MemoryPass("Add", 200, 100), 1, Cost(0.0, None)) == add


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("operator,read,latency_us\nAdd,1,1\n", "1: there is no column written; add it"),
        ("operator,read,written\nAdd,1,1\n", "1: there is no column of a latency"),
        ("operator,read,written,latency_us,rows\n", "1: unknown column 'rows'"),
        ("operator,read,written,latency_us,point\n", "1: there is a column point, but"),
        ("operator,read,written,latency_us\nAdd,0,1,1\n", "2: read: '0'"),
        ("operator,read,written,latency_us\nAdd,1,1,\n", "2: a latency or an energy is missing"),
        ("operator,read,written,latency_us\n,1,1,1\n", "2: operator: is empty"),
        ("", " is empty; name the columns"),
    ],
)
def test_mistakes_have_their_line(tmp_path: Path, text: str, told: str) -> None:
    """What is missing, misspelt or out of range is told with its line."""
    path = tmp_path / "o.csv"
    path.write_text(text)

    _, problems = read_operators(str(path))

    assert problems
    assert problems[0].startswith(f"{path}:{told}")


def test_power_of_the_header_is_that_of_every_row(tmp_path: Path) -> None:
    """A power in the header gives each pass an energy, and is an error beside a column of it."""
    path = tmp_path / "o.csv"
    path.write_text("operator,read,written,latency_us\nAdd,200,100,3\n")

    [row], problems = read_operators(str(path), power_w=2.0)

    assert [] == problems
    assert row.measurement.cost.energy_j == pytest.approx(6e-6)
    path.write_text("operator,read,written,latency_us,energy_uj\nAdd,200,100,3,4\n")
    assert [f"{path}:1: energy is in the column energy_uj, power in the header; remove one"] == (
        read_operators(str(path), power_w=2.0)[1]
    )


def test_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there is told with the key that names it."""
    _, [problem] = read_operators(str(tmp_path / "o.csv"))

    assert "the header names it as its operator_table" in problem
