"""``fodlam-core chips``."""

from __future__ import annotations

import json
from typing import Any


def test_the_list_has_a_row_for_each_chip(cli: Any) -> None:
    """As JSON the list is a table of rows with name and provenance."""
    rows = json.loads(cli("chips", "--no-plugins", "-f", "json").out)["rows"]

    assert {"eie": "post-layout", "eyeriss": "measured"}.items() <= {
        row["name"]: row["provenance"] for row in rows
    }.items()


def test_filters_leave_out_the_others(cli: Any) -> None:
    """A filter by node or provenance keeps the chips that it names."""
    by_node = json.loads(cli("chips", "--node", "65", "-f", "json").out)["rows"]
    by_word = cli("chips", "--provenance", "post-layout").out

    assert {"eyeriss"} == {row["name"].partition("/")[0] for row in by_node}
    assert "eie" in by_word
    assert "eyeriss" not in by_word


def test_one_chip_is_shown_with_its_source(cli: Any) -> None:
    """What is known of a chip ends with the publication of its numbers."""
    shown = cli("chips", "show", "eyeriss").out

    assert "measured layers" in shown
    assert "JSSC" in shown


def test_an_unknown_chip_is_an_error(cli: Any) -> None:
    """A name that no chip has is told with the nearest ones."""
    done = cli("chips", "show", "eyerys")

    assert (1, "") == (done.status, done.out)
    assert "did you mean 'eyeriss'" in done.err


def test_a_word_that_no_chip_has(cli):
    """A filter that nothing can pass is an error that lists what there is, not an empty table."""
    result = cli("chips", "--device", "nope", "--provenance", "measurd")

    assert 1 == result.status
    assert "--device: no chip here states its device" in result.err
    assert "--provenance: unknown provenance 'measurd'; did you mean 'measured'?" in result.err


def test_the_peak_of_a_chip_has_its_name(cli):
    """Facts are named in words, whatever the unit in the name of the field."""
    assert "peak rate " in cli("chips", "show", "eyeriss").out


def test_a_node_that_no_chip_has(cli):
    """A node without a chip is an error that lists the nodes, as an unknown word is."""
    result = cli("chips", "--node", "-3", "--no-plugins")

    assert (1, "") == (result.status, result.out)
    assert "--node: no chip here is of -3 nm; there are: 45, 65" in result.err


def test_a_data_file_is_shown(cli, tmp_path):
    """A data file is a chip here as it is for run and rank, and so is one of its points."""
    path = tmp_path / "mychip.toml"
    path.write_text(
        'name = "mychip"\ntitle = "My chip"\nkinds = ["conv"]\nprovenance = "datasheet"\n'
        'predictors = ["roofline"]\npeak_macs_per_s = 1e12\n'
        "memory_bandwidth_bytes_per_s = 1e11\n"
        '[citation]\nkey = "k"\ntext = "t"\nbibtex = "@misc{k}"\n'
    )
    record = json.loads(cli("chips", "show", str(path), "-f", "json").out)

    assert "mychip: My chip" in cli("chips", "show", str(path)).out
    assert ("mychip", ["mychip"]) == (record["name"], record["points"])
    assert "unknown accelerator" not in cli("chips", "show", str(tmp_path / "no.toml")).err
