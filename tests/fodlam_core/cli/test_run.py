"""``fodlam-core run``: what it reads, and what it says of a network that cannot be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("command", ["run", "cite"])
def test_standard_input_is_read_once(command: str, cli: Any) -> None:
    """Standard input has one configuration; to name it twice is an error that says so."""
    result = cli(command, "-", "-")

    assert (1, "error: -: standard input can be given once\n") == (result.status, result.err)


@pytest.mark.parametrize("command", ["run", "compare"])
def test_a_network_file_that_is_missing(command: str, cli: Any, toml: Any) -> None:
    """Configuration, key and file are named, each once."""
    path = toml('[network]\nfile = "nope.onnx"\n')

    result = cli(command, path)

    assert 1 == result.status
    missing = path.parent / "nope.onnx"
    assert f"error: {path}: [network] file: {missing}: No such file or directory\n" == result.err


@pytest.mark.parametrize("command", ["run", "compare"])
def test_another_key_that_is_to_blame(command: str, cli: Any, toml: Any) -> None:
    """Where a reader names the key itself, that key is named and no other."""
    toml('layers = [{name = "F", kind = "fc", inputs = 4, outputs = 4}]', "net.toml")
    path = toml('[network]\nfile = "net.toml"\nregions = 3\n')

    result = cli(command, path)

    assert 1 == result.status
    assert "[network] regions: " in result.err
    assert "[network] file: " not in result.err


def test_chips_that_run_nothing_are_named(cli: Any) -> None:
    """Where the chips of --on serve no layer, they are to blame, and not what is installed."""
    result = cli("run", "NeuralTalk", "--on", "eyeriss")

    assert 1 == result.status
    assert "eyeriss runs no layer of NeuralTalk, and no other chip may; name one" in result.err


DATASHEET = """\
name = "npu"
title = "NPU"
kinds = ["conv", "fc"]
provenance = "datasheet"
weight_bits = 8
peak_macs_per_s = 2e12
memory_bandwidth_bytes_per_s = 17e9
predictors = ["roofline"]
[citation]
key = "npu"
text = "NPU data sheet"
bibtex = "@misc{npu, title = {NPU}}"
"""


def test_a_datasheet_is_called_so(cli: Any, tmp_path: Path) -> None:
    """What rests on a datasheet is neither measured nor predicted in the table, as in `rank`."""
    chip = tmp_path / "npu.toml"
    chip.write_text(DATASHEET, encoding="utf-8")
    shown = cli("run", "ResNet-18", "--on", chip).out

    assert "npu: NPU (datasheet); as its datasheet says" in shown
    assert "Coverage: by datasheet 100 % of MACs (21 layers)" in shown
    [row] = (line for line in shown.splitlines() if line.startswith("conv1 "))
    assert row.split()[5] == "datasheet"
    saved = json.loads(cli("run", "ResNet-18", "--on", chip, "-f", "json").out)
    assert {layer["method"] for layer in saved["layers"]} == {"predicted"}
    assert any(note.startswith("datasheet: nothing was measured on npu") for note in saved["notes"])


def test_a_saved_result_is_no_network(cli, tmp_path) -> None:
    """What run has saved is told from a network, with the commands that take it."""
    saved = tmp_path / "saved.json"
    cli("run", "AlexNet", "-o", saved)

    for command in (("run", saved), ("rank", saved), ("networks", "show", saved)):
        done = cli(*command)
        assert (1, "") == (done.status, done.out)
        assert "a result that run has saved, not a network; check computes it again" in done.err


def test_large_rates_have_a_prefix(cli: Any) -> None:
    """More than 10,000 inferences per second are told with a prefix, as other numbers are."""
    result = cli("run", "AlexNet", "--set", 'network.layers=["FC8"]')

    line = next(each for each in result.out.splitlines() if each.startswith("total  inferences"))
    place = result.out.splitlines().index(line)
    assert "101 k" in result.out.splitlines()[place + 2]
    assert "e+" not in result.out


@pytest.mark.parametrize("command", ["run", "rank"])
@pytest.mark.parametrize("on", ["", " , "])
def test_no_chip_is_not_the_default(cli: Any, command: str, on: str) -> None:
    """A list of chips without a name, as of an empty variable, does not stand for all of them."""
    done = cli(command, "AlexNet", "--on", on)

    assert (2, "") == (done.status, done.out)
    assert f"--on: {on!r} names no chip" in done.err
