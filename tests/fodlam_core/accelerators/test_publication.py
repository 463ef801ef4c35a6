"""The printed tables behind an accelerator: which cell each number was read from."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from fodlam_core import PluginError, Registry, load_accelerator
from fodlam_core.accelerators.publication import publication_of, si, unit_suffix

HEADER = """\
name = "chip"
title = "Chip"
kinds = ["fc"]
provenance = "measured"
table = "chip.csv"
power_w = 0.5
publication = "tables.toml"
technology = {node_nm = 28}
citation = {key = "doe2030", text = "J. Doe", bibtex = "@misc{doe2030}"}
"""
TABLES = """\
data = "chip.csv"
[layouts.times]
corner = "Layer"
columns = [{name = "latency_ms", title = "Time (ms)"}]
[[tables]]
name = "Table 1"
title = "times"
layout = "times"
network = "N"
"""
ROWS = "network,layer,kind,macs,batch,latency_ms\nN,A,fc,10,2,1.50\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Write an accelerator with its tables."""
    (tmp_path / "chip.toml").write_text(HEADER)
    (tmp_path / "tables.toml").write_text(TABLES)
    (tmp_path / "chip.csv").write_text(ROWS)
    return tmp_path


@pytest.mark.parametrize("name", ["eyeriss", "eie"])
def test_every_number_has_its_cell(name: str, registry: Registry) -> None:
    """Latency and power of every shipped row are the SI values of cells that are named."""
    accelerator = registry.accelerator(name)
    publication = publication_of(accelerator)
    assert publication is not None

    for row in accelerator.measurements:
        values = {cell.value for cell in publication.cells(row.network, row.layer.name)}
        assert {row.latency_s, row.power_w} <= values
        assert set(row.details.values()) <= values


@pytest.mark.parametrize(
    ("accelerator", "network", "layer", "quantity", "cell"),
    [
        (
            *("eyeriss", "VGG16", "conv1_1", "latency_ms"),
            'Table VI, row "CONV1-1", column "Total Latency (ms)": 76.2 ms',
        ),
        (
            *("eyeriss", "AlexNet", "CONV2", "dram_mb"),
            'Table V, row "CONV2", column "DRAM Accesses": 4.0 MB',
        ),
        (
            *("eie", "AlexNet", "FC6", "latency_us"),
            'Table IV, row "EIE, Actual Time", column "AlexNet FC6": 30.3 us',
        ),
        (
            *("eie", "VGG16", "FC8", "weight_density_pct"),
            'Table III, row "VGG-8", column "Weight%": 23 %',
        ),
        (
            *("eie", "VGG16", "FC8", "power_w"),
            'Table V, row "Power (W)", column "EIE (ours, 64PE)": 0.59 W',
        ),
    ],
)
def test_places(
    accelerator: str, network: str, layer: str, quantity: str, cell: str, registry: Registry
) -> None:
    """A cell says table, row, column and the digits as printed."""
    publication = publication_of(registry.accelerator(accelerator))
    assert publication is not None

    found = {each.quantity: str(each) for each in publication.cells(network, layer)}

    assert cell == found[quantity]


def test_a_publication_of_its_own(files: Path) -> None:
    """A header names the file of its tables, relative to itself; trailing zeros are kept."""
    publication = publication_of(load_accelerator(files / "chip.toml"))

    assert publication is not None
    [cell] = publication.cells("N", "a")
    assert ("1.50", 0.0015, "Table 1") == (cell.printed, cell.value, cell.table)
    assert () == publication.cells("N", "other")


def test_no_publication(registry: Registry) -> None:
    """An accelerator need not name its tables."""
    bare = attrs.evolve(registry.accelerator("eie"), publication=None)

    assert publication_of(bare) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x = ", "tables.toml"),
        (TABLES.replace('data = "chip.csv"', ""), "data: is missing; add it"),
        (TABLES.replace('data = "chip.csv"', 'data = "no.csv"'), "no.csv"),
        (
            TABLES.replace('layout = "times"', 'layout = "tims"'),
            "unknown layout 'tims'; did you mean 'times'",
        ),
        (TABLES.replace("latency_ms", "latency_us"), "the data have no column latency_us"),
        (TABLES.replace("title = ", "titel = "), "unknown key 'titel'; did you mean 'title'"),
    ],
)
def test_mistakes(text: str, problem: str, files: Path) -> None:
    """A mistake in the tables names the file and what is wrong."""
    (files / "tables.toml").write_text(text)

    with pytest.raises(PluginError, match=problem) as error:
        publication_of(load_accelerator(files / "chip.toml"))

    assert str(files / "tables.toml") in str(error.value)


def test_units() -> None:
    """A column without a unit is a count."""
    assert (0.5, 3.0) == (si("work_pct", "50"), si("batch", "3"))
    assert ("_gmacs", "", "") == tuple(map(unit_suffix, ("batch_gmacs", "macs", "batch")))


def test_all_mistakes_at_once(files: Path) -> None:
    """Every mistake of the file has a line with its place."""
    text = TABLES.replace("title = ", "titel = ").replace('corner = "Layer"', "corner = 1")
    (files / "tables.toml").write_text(text + "rows = 3\n")

    with pytest.raises(PluginError) as error:
        publication_of(load_accelerator(files / "chip.toml"))

    path = files / "tables.toml"
    assert [
        f"{path}: [layouts.times] corner: expected a string, got 1",
        f"{path}: [[layouts.times.columns]] 1: unknown key 'titel'; did you mean 'title'?",
        f"{path}: [[tables]] 1: unknown key 'titel'; did you mean 'title'?",
        f"{path}: [[tables]] 1 rows: expected a table, got 3",
    ] == str(error.value).splitlines()
