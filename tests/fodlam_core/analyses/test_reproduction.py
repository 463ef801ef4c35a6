"""The published tables from our data, and the cells that a check disputes."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fodlam_eyeriss
from fodlam_core import FodlamError, Registry, UnknownNameError
from fodlam_core.analyses.per_mac import diagnose
from fodlam_core.analyses.reproduction import Range, Reproduction, printed_range, reproduce
from fodlam_core.plugins.registry import build_registry


@pytest.fixture
def made(registry: Registry) -> Reproduction:
    """Every shipped table, with its checks."""
    return reproduce(registry)


def test_layout_and_cells(made: Reproduction) -> None:
    """The tables have the paper's columns, rows and digits."""
    tables = {(each.accelerator, each.name): each for each in made.tables}

    assert {("eyeriss", "Table V"), ("eyeriss", "Table VI")} < set(tables)
    assert {("eie", "Table III"), ("eie", "Table IV")} < set(tables)
    five, four = tables["eyeriss", "Table V"], tables["eie", "Table IV"]
    assert (
        *("Layer", "Power (mW)", "Total Latency (ms)", "Processing Latency (ms)"),
        *("Num. of MACs", "Num. of Active PEs", "Zeros in Ifmaps (%)"),
        *("Global Buff. Accesses", "DRAM Accesses"),
    ) == five.header
    assert (
        *("CONV2", "288", "41.9", "39.2", "0.90G", "135(80%)", "38.7%", "77.6MB", "4.0MB"),
    ) == five.rows[1]
    assert (
        *("Total", "278", "115.3", "103.5", "2.66G", "148(88%)", "57.53%", "208.5MB", "15.4MB"),
    ) == five.rows[-1]
    assert (6, 14) == (len(five.rows), len(tables["eyeriss", "Table VI"].rows))
    assert ("EIE, Actual Time", "30.3", "12.2", "9.9", "34.4") == four.rows[1][:5]
    assert ("Platform", "AlexNet FC6") == four.header[:2]
    assert ("Alex-6", "9216", "4096", "9%", "35.1%", "3%") == tables["eie", "Table III"].rows[0]


def test_disputed_cells(made: Reproduction) -> None:
    """Of all checks these four fail, and no rounding explains them."""
    disputed = {(each.table, each.row, each.column): each for each in made.disputed}

    assert {
        ("Table III", "NT-LSTM", "FLOP%"),
        ("Table IV", "EIE, Theoretical Time", "VGG16 FC8"),
        ("Table V", "Total", "Zeros in Ifmaps (%)"),
        ("Table VI", "Total", "Zeros in Ifmaps (%)"),
    } == set(disputed)
    share = disputed["Table III", "NT-LSTM", "FLOP%"]
    assert ("11", 10.0) == (share.printed, share.recomputed)
    theoretical = disputed["Table IV", "EIE, Theoretical Time", "VGG16 FC8"]
    assert 1e6 * 4096000 * 0.23 * 0.411 / (64 * 800e6) == pytest.approx(theoretical.recomputed)


def test_every_total_is_checked(made: Reproduction) -> None:
    """Every printed total of Tables V and VI is recomputed, and but for the zeros it agrees."""
    totals = [each for each in made.checks if each.row == "Total"]

    assert 16 == len(totals)
    assert {"Zeros in Ifmaps (%)"} == {each.column for each in totals if each.disputed}


def wrong(tmp_path: Path, registry: Registry, old: str, new: str) -> set[tuple[str, str]]:
    """Return what is disputed in addition once a cell of Eyeriss's data is changed."""
    data = tmp_path / "data"
    shutil.copytree(Path(fodlam_eyeriss.__file__).parent / "data", data)
    table = data / "eyeriss.csv"
    text = table.read_text()
    assert 1 == text.count(old)
    table.write_text(text.replace(old, new))
    changed = attrs.evolve(
        registry.accelerator("eyeriss"), publication=str(data / "eyeriss-tables.toml")
    )
    items = {**registry.items, ("accelerator", "eyeriss"): changed}

    before, after = (
        {(each.row, each.column) for each in reproduce(some, ["eyeriss"]).disputed}
        for some in (registry, registry._replace(items=items))
    )

    assert before <= after
    return after - before


@pytest.mark.parametrize(
    ("old", "new", "disputed"),
    [
        ("288,41.9,39.2", "288,14.9,39.2", "Processing Latency (ms)"),
        ("288,41.9,39.2", "288,44.9,39.2", "Total Latency (ms)"),
        ("288,41.9,39.2", "388,41.9,39.2", "Power (mW)"),
        ("0.90,135", "0.80,135", "Num. of MACs"),
        ("0.90,135", "0.90,169", "Num. of Active PEs"),
        ("0.90,135", "0.90,13", "Num. of MACs"),
        ("77.6,4.0", "77.6,5.0", "DRAM Accesses"),
        ("77.6,4.0", "87.6,4.0", "Global Buff. Accesses"),
    ],
)
def test_a_slip_is_found(
    old: str, new: str, disputed: str, tmp_path: Path, registry: Registry
) -> None:
    """A wrong digit in the data disputes the cell, or the total of its column."""
    found = wrong(tmp_path, registry, old, new)

    assert disputed in {column for _, column in found}
    assert {row for row, _ in found} <= {"CONV2", "Total"}


@given(st.floats(0.001, 1e6), st.integers(0, 3))
def test_printed_range_holds_the_number(value: float, decimals: int) -> None:
    """Whatever is rounded to the printed digits lies in their range."""
    low, high = printed_range("latency_ms", f"{value:.{decimals}f}")

    assert low - 1e-9 * value <= value <= high + 1e-9 * value


@given(*[st.floats(0.1, 100)] * 4)
def test_relations(a: float, b: float, c: float, d: float) -> None:
    """Equality is symmetric and implies both inequalities; a range agrees with itself."""
    one, other = Range(min(a, b), max(a, b)), Range(min(c, d), max(c, d))

    assert one.agrees("equal to", other) == other.agrees("equal to", one)
    if one.agrees("equal to", other):
        assert one.agrees("at most", other)
        assert one.agrees("at least", other)
    if one.high > one.low * (1 + 1e-6):
        assert one.agrees("equal to", one)
    assert one.agrees("at most", other) or one.agrees("at least", other)


def test_command(cli: Any) -> None:
    """``reproduce`` prints tables and disputes, and succeeds: a dispute is a finding."""
    text = cli("reproduce", "eyeriss", "--format", "markdown")
    record = json.loads(cli("reproduce", "-f", "json").out)
    rows = cli("reproduce", "-f", "csv").out.splitlines()

    assert 0 == text.status
    assert "| CONV1 | 332 | 20.9 | 16.5 | 0.42G | 154(92%) | 0.01% | 18.5MB | 5.0MB |" in text.out
    assert "han2016eie" not in text.out
    assert 4 == record["disputed"] == sum(each["disputed"] for each in record["checks"])
    assert len(record["checks"]) == len(rows) - 1
    assert all(math.isfinite(each["recomputed"]) for each in record["checks"])
    missing = cli("reproduce", "eyeris")
    assert (1, "") == missing[:2]
    assert "did you mean 'eyeriss'" in missing.err


def test_accelerator_without_tables(registry: Registry) -> None:
    """An accelerator that names no tables has none to reproduce; an unknown one is an error."""
    bare = attrs.evolve(registry.accelerator("eie"), publication=None)
    some = registry._replace(items={**registry.items, ("accelerator", "eie"): bare})

    assert ((), (), (), ()) == reproduce(some, ["eie"])
    with pytest.raises(UnknownNameError):
        reproduce(registry, ["nothing"])


def test_nothing_to_reproduce(registry: Registry) -> None:
    """Without accelerators it says what to do, instead of printing an empty result."""
    with pytest.raises(FodlamError, match="pip install -e"):
        reproduce(build_registry([]))
    with pytest.raises(FodlamError, match="pip install -e"):
        diagnose(build_registry([]), 1)


def test_unproven_cells_are_told(registry: Registry) -> None:
    """Two shares of zeros of VGG-16 were not seen in print: each is marked and says why."""
    made = reproduce(registry, ["eyeriss"])
    [vgg16] = [table for table in made.tables if table.name == "Table VI"]
    marked = [row[0] for row in vgg16.rows if any(cell.endswith(" ?") for cell in row)]

    assert ["CONV3-2", "CONV4-1"] == marked
    assert [("CONV3-2", "58.1"), ("CONV4-1", "64.3")] == [
        (doubt.row, doubt.printed) for doubt in made.unproven
    ]
    assert ["53", "74.3"] == [doubt.why.split()[-2] for doubt in made.unproven]
    assert len(made.to_dict()["unproven"]) == 2
