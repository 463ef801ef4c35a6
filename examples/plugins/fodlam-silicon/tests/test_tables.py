"""The tables have what their sources print, and lack nothing that a reader must know."""

from __future__ import annotations

import csv
import json
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import fodlam_silicon
import pytest
import tomli

from fodlam_core.model.costs import COVERS, LATENCIES, PROVENANCES

LIBRARY = Path(fodlam_silicon.__file__).parent
SOURCES = sorted(path.parent.name for path in LIBRARY.glob("*/source.toml"))
MEASURED = [source for source in SOURCES if source != "datasheets"]
INDEX: dict[str, Any] = json.loads((LIBRARY / "index.json").read_bytes())
PAGE = Path(__file__).parents[4] / "docs" / "silicon-library.md"
COSTS = ("latency_s", "latency_ms", "latency_us", "inferences_per_s")
ENERGIES = ("energy_j", "energy_mj", "energy_uj")


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table; empty if its file is missing."""
    if not path.exists():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CELLS = read(Path(__file__).with_name("cells.csv"))


def header(source: str) -> dict[str, Any]:
    """Return what holds for all tables of a source."""
    return tomli.loads((LIBRARY / source / "source.toml").read_text(encoding="utf-8"))


def tables(source: str) -> list[Path]:
    """Return the tables of a source."""
    return sorted((LIBRARY / source).glob("[ln]*/*.csv"))


def test_cells_of_every_set() -> None:
    """Ten printed cells of each set are compared, and all where fewer were printed."""
    few = {"eyeriss_v2": 5, "eyeriss_voltage": 4, "pipecnn": 6, "tpu_v1": 6, "xdnn_v3": 9}

    assert {source: few.get(source, 10) for source in MEASURED} == Counter(
        cell["source"] for cell in CELLS
    )


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell['source']}-{cell['printed']}")
def test_printed_cell(cell: dict[str, str]) -> None:
    """A cell that was copied from the source by hand stands in the table of its chip."""
    part = "layers" if cell["layer"] else "networks"
    rows = [
        row
        for row in read(LIBRARY / cell["source"] / part / f"{cell['chip']}.csv")
        if fnmatchcase(row["point"], cell["points"])
        and (row["network"], row["batch"]) == (cell["network"], cell["batch"])
        and fnmatchcase(row.get("layer", ""), cell["layer"])
    ]
    found = {(row[cell["column"]], row.get(cell["column2"], "")) for row in rows}

    assert (cell["printed"], cell["printed2"]) in found


@pytest.mark.parametrize("source", SOURCES)
def test_header(source: str) -> None:
    """Each source names repository, commit or paper, licence, provenance and citation."""
    said = header(source)

    assert {"repository", "licence", "provenance", "where", "citation", "notes"} <= said.keys()
    assert said["citation"]["bibtex"].startswith("@")


@pytest.mark.parametrize("source", SOURCES)
def test_points(source: str) -> None:
    """Each point says its precision and kinds, and has rows; each row belongs to a point."""
    points = {(row["chip"], row["point"]): row for row in read(LIBRARY / source / "points.csv")}
    used = {(path.stem, row["point"]) for path in tables(source) for row in read(path)}

    assert all(row["precision"] and row["kinds"] and row["title"] for row in points.values())
    bare = {key for key, row in points.items() if row.get("provenance") == "projected"}
    assert source == "datasheets" or points.keys() - bare == used


@pytest.mark.parametrize("source", SOURCES)
def test_rows(source: str) -> None:
    """No row lacks source, batch, precision, provenance or cost, nor what its energy covers."""
    said = header(source)
    points = {(row["chip"], row["point"]): row for row in read(LIBRARY / source / "points.csv")}
    for path in tables(source):
        for row in read(path):
            point = points[path.stem, row["point"]]
            cost = [row[name] for name in (*COSTS, *ENERGIES) if row.get(name)]
            assert point["precision"]
            assert (point.get("provenance") or said["provenance"]) in PROVENANCES
            assert (point.get("latency_is") or said.get("latency_is", "inference")) in LATENCIES
            assert row["network"]
            assert int(row["batch"]) > 0
            assert row.get("source") or row.get("where")
            assert cost
            assert all(float(cell) > 0 for cell in cost)
            if any(row.get(name) for name in ENERGIES):
                assert said["energy_covers"] in COVERS


def test_peaks() -> None:
    """No datasheet lacks the place of its peak, its precision or its provenance."""
    said = header("datasheets")

    assert (said["provenance"], "energy_covers" in said) == ("datasheet", False)
    for row in read(LIBRARY / "datasheets" / "points.csv"):
        assert row["where"]
        assert row["precision"]
        assert float(row["peak_macs_per_s"]) > 0


@pytest.mark.parametrize("source", SOURCES)
def test_rows_have_keys(source: str) -> None:
    """Within a point no two rows are of the same network, layer and batch."""
    for path in tables(source):
        names = ("point", "network", "layer", "batch")
        keys = Counter(tuple(row.get(name) for name in names) for row in read(path))
        assert [] == [key for key, count in keys.items() if count > 1]


def test_counts() -> None:
    """There are 150 chips and 400 points at least; 21 systems have energies per inference."""
    tiny = {
        row["point"] for path in tables("mlperf_tiny") for row in read(path) if row.get("energy_uj")
    }

    measured = [
        name
        for name, chip in INDEX.items()
        for source, *_ in chip["points"].values()
        if source != "datasheets"
    ]

    assert len(set(measured)) >= 150
    assert len(measured) >= 400
    assert len(tiny) >= 21


def test_every_fact_has_a_source() -> None:
    """Each fact of the register names its source."""
    register = tomli.loads((LIBRARY / "chips.toml").read_text(encoding="utf-8"))
    own = {"title", "vendor", "device", "url", "printed", "peaks", "aliases", "default"}
    for chip in register["chips"].values():
        facts = [fact for name, fact in chip.items() if name not in own]
        assert all(
            fact["source"] in register["sources"]
            for fact in (*facts, *chip.get("peaks", {}).values())
        )


def test_no_two_names() -> None:
    """No name or alias of a chip stands for two."""
    names = Counter(name for chip, entry in INDEX.items() for name in (chip, *entry["aliases"]))

    assert [] == [name for name, count in names.items() if count > 1]


@pytest.mark.skipif(not PAGE.exists(), reason="the page is part of the repository of the core")
def test_page_counts_what_there_is() -> None:
    """The page has the chips, points and rows of each source; of designs in one row, their sum."""
    together = {
        "tpu": ("tpu_v1",),
        "ghp": ("ghp_fpga",),
        "eyeriss": ("eyeriss_v2", "eyeriss_voltage"),
        "chaidnn": ("chaidnn", "xdnn_v3", "pipecnn"),
        "llama.cpp": ("llamacpp",),
        "ml.energy": ("mlenergy",),
        "convnet-benchmarks": ("convnet_benchmarks",),
        "language": ("language_models",),
    }
    section = PAGE.read_text(encoding="utf-8").partition("| source |")[2].partition("\n\n")[0]
    told: set[str] = set()
    for line in section.splitlines()[2:]:
        name, _, chips, points, rows, *_ = (cell.strip() for cell in line.strip("|").split("|"))
        short = name.lower().partition(",")[0]
        sources = together.get(short.split()[0], (short.replace(" ", "_"),))
        found = [row for source in sources for row in read(LIBRARY / source / "points.csv")]
        files = (file for source in sources for file in (LIBRARY / source).glob("*/*.csv"))
        assert int(chips.split()[0]) == len({row["chip"] for row in found}), name
        assert int(points.replace(",", "")) == len(found), name
        assert int(rows.replace(",", "") or 0) == sum(
            len(read(file)) for file in files if file.parent.name in ("layers", "networks")
        )
        told.update(sources)
    assert told == set(SOURCES)
