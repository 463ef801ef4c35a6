"""A comparison as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core import (
    Config,
    NetworkConfig,
    Registry,
    TechnologyConfig,
    load_accelerator,
    zoo_network,
)
from fodlam_core.analyses.choices import variants
from fodlam_core.analyses.comparison import compare
from fodlam_core.analyses.comparison_table import comparison_document
from fodlam_core.report.document import Bullets, Table

if TYPE_CHECKING:
    from pathlib import Path

HEADER = """
name = "lat"
title = "Latencies only"
kinds = ["conv"]
provenance = "measured"
table = "lat.csv"
[citation]
key = "l"
text = "L"
bibtex = "@misc{l}"
"""


def test_rows_that_differ_in_a_name_alone_are_one(registry: Registry) -> None:
    """Every choice has a row of totals; equal shares of a chip are joined, refusals listed."""
    config, network = (
        Config(NetworkConfig("VGG16"), TechnologyConfig(node_nm=65)),
        zoo_network("VGG16"),
    )
    rules = ["none", "dennard", "post-dennard", "dark-silicon-itrs"]
    made = compare(config, variants(config, network, registry, {"scaler": rules}), registry)

    document = comparison_document(made)

    totals, shares, *_ = [block for block in document.blocks if isinstance(block, Table)]
    assert rules == [row[0].removesuffix(" (!)") for row in totals.rows]
    assert 1 == sum(row[0] == "eyeriss" for row in shares.rows)
    [refused] = [each for each in document.blocks if isinstance(each, Bullets)][:1]
    assert ("Refused", 1) == (refused.title, len(refused.items))


def test_rows_are_named_after_what_runs(registry: Registry) -> None:
    """Two choices by which the same chips run everything are one row, with the share of each."""
    config = Config(NetworkConfig("AlexNet"), TechnologyConfig(node_nm=28))
    network = zoo_network("AlexNet")
    asked = {"accelerator": ["eie", "eyeriss"]}
    made = compare(config, variants(config, network, registry, asked), registry)

    totals, shares, *_ = [
        block for block in comparison_document(made).blocks if isinstance(block, Table)
    ]

    assert ["eyeriss + eie"] == [row[0] for row in totals.rows]
    assert ["eyeriss", "eie"] == [row[0] for row in shares.rows]
    assert "99.8" == shares.rows[0][3]


def test_the_verdict_goes_with_the_numbers(registry: Registry) -> None:
    """Intervals stand beside costs; a doubt marks its row, and says which rows it is of."""
    config, network = Config(NetworkConfig("VGG16")), zoo_network("VGG16")
    made = compare(config, variants(config, network, registry, {"batch": ["1", "2"]}), registry)

    document = comparison_document(made)

    [totals, *_] = [block for block in document.blocks if isinstance(block, Table)]
    assert ("batch", "latency", "+-", "energy", "+-", "power") == totals.header
    assert all(row[0].endswith(" (!)") and row[2].endswith("%") for row in totals.rows)
    [doubts] = [b for b in document.blocks if isinstance(b, Bullets) and b.title == "Doubts (!)"]
    assert doubts.items[0].startswith("does not fit: the layers on eie")


def test_a_note_names_the_rows_it_is_of(registry: Registry) -> None:
    """What is said of all rows stands alone; what is said of some names them."""
    config = Config(NetworkConfig("AlexNet"), TechnologyConfig(node_nm=28))
    network = zoo_network("AlexNet")
    rules = {"scaler": ["dennard", "post-dennard"]}
    made = compare(config, variants(config, network, registry, rules), registry)

    [*_, notes] = [b for b in comparison_document(made).blocks if isinstance(b, Bullets)]

    assert "eyeriss: time spent waiting for DRAM is not scaled with the node" in notes.items
    assert any(each.startswith("dennard: dennard scaling between") for each in notes.items)


def test_an_unknown_energy_is_no_lack_of_coverage(tmp_path: Path, registry: Registry) -> None:
    """A chip that knows latencies only covers the layers; a note that names it does so once."""
    (tmp_path / "lat.toml").write_text(HEADER)
    (tmp_path / "lat.csv").write_text(
        "network,layer,kind,batch,macs,latency_us\nN,a,conv,1,1000000,10\nN,b,conv,1,2000000,22\n"
    )
    registry = registry.with_accelerator(load_accelerator(tmp_path / "lat.toml"), "test")
    config = Config(NetworkConfig("AlexNet", layers=("CONV1",)))
    asked = {"accelerator": ["lat", "eyeriss"]}
    made = compare(config, variants(config, zoo_network("AlexNet"), registry, asked), registry)

    blocks = comparison_document(made).blocks

    totals = next(block for block in blocks if isinstance(block, Table))
    assert "coverage" not in totals.header
    [*_, notes] = [block for block in blocks if isinstance(block, Bullets)]
    assert "lat: no energy is known of 1 layer; totals lack it" in notes.items
