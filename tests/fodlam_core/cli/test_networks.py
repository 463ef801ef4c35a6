"""The command ``networks``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomli

from fodlam_core.networks.zoo import zoo_names, zoo_network

Cli = Callable[..., Any]
PER_REGION = """\
uncosted = { Sampler = 2 }
skipped = { ReLU = 3 }
layers = [
    { name = "conv", kind = "conv", input = [3, 8, 8], out_channels = 4, kernel = 3 },
    { name = "fc", kind = "fc", inputs = 5, outputs = 6, per_region = true },
]
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A native table with a layer for each region."""
    path = tmp_path / "net.toml"
    path.write_text(PER_REGION)
    return path


def test_list_has_every_built_in_network(cli: Cli) -> None:
    """Without an action the zoo is listed, with the MACs of one inference."""
    rows = json.loads(cli("networks", "--format", "json").out)
    assert [row["name"] for row in rows] == zoo_names()
    assert {row["name"]: row["total_macs"] for row in rows}["VGG16"] == 15_470_264_320


def test_show_gives_the_documented_json(cli: Cli, table: Path) -> None:
    """MACs are those of one item, the total includes repetitions."""
    record = json.loads(cli("networks", "show", table, "--regions", 10, "-f", "json").out)
    assert record["name"] == "net"
    assert [
        {key: layer[key] for key in ("name", "kind", "macs", "repeat")}
        for layer in record["layers"]
    ] == [
        {"name": "conv", "kind": "conv", "macs": 6 * 6 * 9 * 3 * 4, "repeat": 1},
        {"name": "fc", "kind": "fc", "macs": 300, "repeat": 1},
    ]
    assert record["layers"][1]["shape"] == {"inputs": 5, "outputs": 6, "rows": 10}
    assert record["total_macs"] == 3888 + 300
    assert record["skipped"] == {"ReLU": 3}
    assert record["uncosted"] == {"Sampler": 2}


def test_show_gives_a_table_with_totals(cli: Cli, table: Path) -> None:
    """For a person there are layers, shapes, MACs, parameters, totals, and what is left out."""
    out = cli("networks", "show", table, "--regions", "10").out
    assert "3x8x8 -> 4x6x6, kernel 3x3" in out
    assert "4.188 k" in out
    assert "Sampler: 2" in out
    assert "Weights: parameters without biases" in out
    assert "ReLU: 3" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("x.toml",), "x.toml: no such file, and unknown network"),
        (("ResNet-50",), "did you mean 'ResNet-50-v1"),
        (("VGG16", "--regions", "3"), "VGG16 is built in; only for a network file: --regions"),
        (("{table}",), "give for instance --regions 300"),
        (("{table}", "--input", "3,9,9"), "--input: its layers have fixed shapes"),
        ((__file__,), "give --file-format NAME, one of: caffe,"),
        (("{table}", "--file-format", "scalesim"), "expected a header"),
        (("{table}", "--file-format", "scalesym"), "did you mean 'scalesim'"),
    ],
)
def test_mistakes_are_errors(
    cli: Cli, table: Path, arguments: tuple[str, ...], message: str
) -> None:
    """What cannot be shown is an error of one line or a few, with status 1."""
    result = cli("networks", "show", *(each.format(table=table) for each in arguments))
    assert (result.status, result.out) == (1, "")
    assert message in result.err
    assert result.err.startswith("error: ")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """An ONNX file with two inputs whose sizes are open."""
    onnx = pytest.importorskip("onnx")
    text = """<ir_version: 10, opset_import: ["" : 17]>
        g (float[batch,seq,16] x, float[batch,past,16] pk) => (float[] y) {
            k = Concat <axis = 1> (pk, x)
            t = Transpose <perm = [0, 2, 1]> (k)
            y = MatMul (x, t)
        }"""
    path = tmp_path / "cache.onnx"
    path.write_bytes(onnx.parser.parse_model(text).SerializeToString())
    return path


def test_open_sizes_are_asked_for_and_given_as_options(cli: Cli, cache: Path) -> None:
    """The question is in the words of the command, and each answer leads to the same total."""
    asked = cli("networks", "show", cache)
    assert (asked.status, asked.out) == (1, "")
    assert "give for instance --symbol seq=128 --symbol past=128" in asked.err
    for options in (
        ("--input", "2,16", "--input", "pk=1,10,16"),
        ("--symbol", "seq=2", "--symbol", "past=10"),
        ("--input", "x=1,2,16", "--symbol", "past=10"),
        ("--batch-axis", "none", "--input", "1,2,16", "--input", "pk=1,10,16"),
    ):
        shown = json.loads(cli("networks", "show", cache, *options, "-f", "json").out)
        assert shown["total_macs"] == 2 * 12 * 16


def test_a_configuration_gives_sizes_by_name(cli: Cli, cache: Path, tmp_path: Path) -> None:
    """``inputs``, ``symbols`` and ``batch_axis`` are keys of ``[network]``, checked like others."""
    config = tmp_path / "config.toml"
    text = f"""[network]
file = "{cache.name}"
inputs = {{ pk = [1, 10, 16] }}
symbols = {{ seq = 2 }}
batch_axis = 0
"""
    config.write_text(text)
    # No installed chip multiplies activations: what is wrong is the chip, not the size.
    assert "sizes" not in cli("run", config).err
    config.write_text(text.replace("seq = 2", 'sek = 2, seq = "x"').replace("= 0", '= "no"'))
    told = cli("run", config).err
    assert "[network.symbols] seq: expected a whole number" in told
    assert '[network] batch_axis: expected a whole number or "none"' in told


@pytest.mark.parametrize(
    "arguments",
    [
        ("--input", "3,x"),
        ("--regions", "0"),
        ("--input", ""),
        ("--input", "x="),
        ("--symbol", "seq"),
        ("--symbol", "seq=0"),
        ("--batch-axis", "last"),
    ],
)
def test_malformed_options_are_wrong_usage(cli: Cli, arguments: tuple[str, ...]) -> None:
    """Sizes and counts are positive whole numbers."""
    assert cli("networks", "show", "VGG16", *arguments).status == 2


@pytest.mark.parametrize("suffix", ["toml", "json"])
def test_converted_network_is_the_same(cli: Cli, table: Path, tmp_path: Path, suffix: str) -> None:
    """A native table that was converted shows the same layers as its origin."""
    target = tmp_path / "out" / f"net.{suffix}"
    target.parent.mkdir()
    assert cli("networks", "convert", table, target, "--regions", 7).status == 0
    one = json.loads(cli("networks", "show", table, "--regions", 7, "-f", "json").out)
    two = json.loads(cli("networks", "show", target, "-f", "json").out)
    assert one == two


def test_convert_prints_toml_to_the_screen(cli: Cli) -> None:
    """With - the table goes to standard output."""
    table = tomli.loads(cli("networks", "convert", "AlexNet", "-").out)
    assert len(table["layers"]) == len(zoo_network("AlexNet").layers)


def test_convert_to_statistics_warns_of_lost_repetitions(cli: Cli, tmp_path: Path) -> None:
    """FODLAM's statistics have the MACs of one run with all its rows; a warning tells lost runs."""
    target = tmp_path / "out.json"
    result = cli("networks", "convert", "Faster-R-CNN-VGG16-600x1000", target, "--to", "fodlam")
    assert result.err == ""
    macs = {row["name"]: row.get("macs") for row in json.loads(target.read_text())}
    assert macs["fc7"] == 16_777_216 * 300
    record = json.loads(cli("networks", "show", target, "-f", "json").out)
    assert record["skipped"] == dict(zoo_network("Faster-R-CNN-VGG16-600x1000").skipped)
    steps = tmp_path / "steps.toml"
    steps.write_text('layers = [{ name = "step", kind = "fc", macs = 5, repeat = 20 }]')
    result = cli("networks", "convert", steps, "-", "--to", "fodlam")
    assert "the number of runs is lost: step" in result.err


@pytest.mark.parametrize(
    ("network", "target", "to"),
    [
        ("VGG16", "x.csv", "native"),
        ("VGG16", "x.toml", "fodlam"),
        ("BERT-base-128", "x.json", "fodlam"),
        ("VGG16", "missing/x.toml", "native"),
    ],
)
def test_failed_conversion_leaves_nothing_behind(
    cli: Cli, tmp_path: Path, network: str, target: str, to: str
) -> None:
    """What cannot be written is an error, and there is no file afterwards."""
    result = cli("networks", "convert", network, tmp_path / target, "--to", to)
    assert result.status == 1
    assert list(tmp_path.iterdir()) == []


def test_deviation_from_the_built_in_network_is_a_warning(cli: Cli, tmp_path: Path) -> None:
    """A file that is named after a built-in network is compared with it."""
    path = tmp_path / "vgg16.csv"
    path.write_text("Layer,M,N,K,\na,1,2,3,\n")
    assert "against the built-in VGG16" in cli("networks", "show", path).err


def test_every_format_can_be_estimated(cli: Cli, tmp_path: Path, toml: Callable[..., Path]) -> None:
    """A configuration takes a topology, a folder of problems, or a native table."""
    (tmp_path / "net.csv").write_text("Layer,M,N,K,\na,1,2,3,\n")
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers" / "1.yaml").write_text("problem: {instance: {C: 2, M: 3}}")
    (tmp_path / "net.json").write_text(
        '{"layers": [{"name": "a", "kind": "fc", "inputs": 2, "outputs": 3, "per_region": true}]}'
    )
    for file in (
        '"net.csv"',
        '"layers"',
        '"net.json"\nregions = 1',
        '"net.csv"\nformat = "scalesim"',
    ):
        config = toml(f"[network]\nfile = {file}\n")
        record = json.loads(cli("run", config, "--format", "json").out)
        assert record["network"]["macs"] == 6
