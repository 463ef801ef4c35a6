"""Native layer tables, FODLAM's statistics, and the choice between readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import ConvShape, FcShape, MatmulShape, NetworkError, Registry
from fodlam_core.networks.files import read_network, reader_for
from fodlam_core.networks.native import network_from_table
from fodlam_core.networks.reader import ReadOptions

TABLE = """
name = "Small"
source = "made up"
skipped = { ReLU = 2 }

[[layers]]
name = "c1"
kind = "conv"
input = [3, 8, 8]
out_channels = 4
kernel = [3, 5]
padding = [1, 2]

[[layers]]
name = "up"
kind = "conv"
input = [4, 8, 8]
out_channels = 2
kernel = 4
stride = 2
padding = 1
output = 16
transposed = true

[[layers]]
name = "f1"
kind = "fc"
inputs = 10
outputs = 5
rows = 2
repeat = 300
weight_density = 0.1

[[layers]]
name = "qk"
kind = "matmul"
m = 2
k = 3
n = 4
count = 5

[[layers]]
name = "only_macs"
kind = "conv"
macs = 1234
"""


def read(path: Path, registry: Registry) -> Any:
    """Read a file with the reader that fits it."""
    return read_network(path, reader_for(path, registry.readers), ReadOptions())


def test_native_table(tmp_path: Path, registry: Registry) -> None:
    """A native table gives layers with shapes, repetitions and densities."""
    path = tmp_path / "small.toml"
    path.write_text(TABLE)

    network = read(path, registry)

    assert ("Small", "made up", {"ReLU": 2}) == (network.name, network.source, network.skipped)
    assert [
        ConvShape.from_input((3, 8, 8), 4, (3, 5), padding=(1, 2)),
        ConvShape(4, 8, 8, 2, 16, 16, (4, 4), (2, 2), (1, 1, 1, 1), transposed=True),
        FcShape(10, 5, 2),
        MatmulShape(2, 3, 4, 5),
        None,
    ] == [layer.shape for layer in network.layers]
    assert (300, 0.1) == (network.layers[2].repeat, network.layers[2].weight_density)
    assert network.measured_as is None


def test_native_table_as_json(tmp_path: Path, registry: Registry) -> None:
    """The same table may be JSON; the name defaults to the file's."""
    path = tmp_path / "small.json"
    path.write_text(
        json.dumps({"layers": [{"name": "a", "kind": "fc", "inputs": 2, "outputs": 3}]})
    )

    network = read(path, registry)

    assert ("small", 6) == (network.name, network.total_macs)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ({"kind": "fc", "macs": 1}, "layer 1: name: expected a string"),
        ({"name": "a", "kind": "fc"}, r"layer 1 \('a'\): give either macs or a shape \(inputs"),
        ({"name": "a", "kind": "fc", "inputs": 2}, "the shape lacks outputs"),
        ({"name": "a", "kind": "fc", "macs": 1, "in_puts": 2}, "unknown key 'in_puts'; did you"),
        ({"name": "a", "kind": "fc", "inputs": "2", "outputs": 1}, "inputs: '2' is not a whole"),
        ({"name": "a", "kind": "fc", "inputs": 2, "outputs": 1, "macs": 3}, "3 MACs are given"),
        ({"name": "a", "kind": "conv", "macs": 3, "kernel": 3}, "the shape lacks input, out_"),
        ({"name": "a", "kind": "conv", "macs": -3}, "macs -3: expected a positive integer"),
        ({"name": "a", "kind": "pool", "macs": 3, "kernel": 2}, "with a shape 'pool'; there are: "),
        ({"name": "a", "kind": "convv", "input": [1, 2, 2]}, "'convv'; did you mean 'conv'"),
        ({"name": "a", "kind": "pool", "macs": 3, "window": 2}, "unknown key 'window'"),
        ("conv1", "layer 1: expected a table of keys"),
    ],
)
def test_mistakes_in_a_native_table(layer: Any, message: str) -> None:
    """A mistake in a layer names the file, the layer and the cure."""
    with pytest.raises(NetworkError, match=message):
        network_from_table({"layers": [layer]}, "x.toml", "x")


def test_all_mistakes_at_once() -> None:
    """Every mistake of a table is reported in one go."""
    table = {"layers": [{"name": "a", "kind": "fc"}, {"kind": "fc"}], "skipped": 3, "nam": "x"}

    with pytest.raises(NetworkError) as error:
        network_from_table(table, "x.toml", "x")

    assert 4 == len(str(error.value).splitlines())


STATISTICS = [
    {"name": "data", "type": "Input"},
    {"name": "conv1", "type": "Convolution", "macs": 10},
    {"name": "relu1", "type": "ReLU"},
    {"name": "relu2", "type": "ReLU"},
    {"name": "fc", "type": "InnerProduct", "macs": 20.0},
]


def test_statistics(tmp_path: Path, registry: Registry) -> None:
    """Entries with MACs are layers, the others are counted as skipped."""
    path = tmp_path / "net.json"
    path.write_text(json.dumps(STATISTICS))

    network = read(path, registry)

    assert [("conv1", "conv", 10), ("fc", "fc", 20)] == [
        (layer.name, layer.kind, layer.macs) for layer in network.layers
    ]
    assert {"Input": 1, "ReLU": 2} == network.skipped


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"name": "a", "type": "Convolution", "macs": -1}, "entry 1: layer 'a': macs -1"),
        ({"name": "a", "type": "Convolution", "macs": None}, "macs None"),
        ({"name": "a", "type": "Convolutio", "macs": 1}, "unknown type 'Convolutio'; did you"),
        ({"type": "Convolution", "macs": 1}, "name: expected a string"),
        (3, "entry 1: expected an object"),
    ],
)
def test_mistakes_in_statistics(
    entry: Any, message: str, tmp_path: Path, registry: Registry
) -> None:
    """A mistake in an entry names the file, the entry and what is wrong."""
    path = tmp_path / "net.json"
    path.write_text(json.dumps([entry, *STATISTICS]))

    with pytest.raises(NetworkError, match=f"net.json: .*{message}"):
        read_network(path, registry.reader("fodlam"), ReadOptions())


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", b"[1, 2", "delimiter"),
        ("a.json", b"[{", "not JSON"),
        ("a.toml", b"layers = [", "Invalid"),
        ("a.toml", b"x = 1", "expected a table with a list 'layers'"),
        ("a.toml", b"\xff\xfe\x00", "not UTF-8 text"),
        ("a.json", b'{"layers": ' + b"[" * 100_000, "nested too deeply"),
        ("a.xyz", b"", "its format is not recognised"),
        ("a.json", b"", "not JSON|Expecting value"),
        ("a.pt", b"PK\x03\x04", "PyTorch; write it as ONNX"),
        ("a.tflite", b"", "TensorFlow or Keras; write it as ONNX with tf2onnx"),
        ("a.safetensors", b"", "weights without layers; give the config.json"),
    ],
)
def test_rubbish(
    name: str, content: bytes, message: str, tmp_path: Path, registry: Registry
) -> None:
    """Rubbish is refused with the file's name and no traceback of a library."""
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(NetworkError, match=message) as error:
        read(path, registry)

    assert str(path) in str(error.value)


def test_no_file(tmp_path: Path, registry: Registry) -> None:
    """What is not there, or no regular file, is refused."""
    for path, message in (
        (tmp_path / "no.toml", "No such file"),
        (tmp_path, "no file in it ends in .yaml"),
        (tmp_path / ("x" * 300), "too long"),
        (tmp_path / "a\0b", "null"),
    ):
        with pytest.raises(NetworkError, match=message):
            read(path, registry)


@given(
    table=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["layers", "name", "kind", "input", "kernel", "macs", "skipped", "m"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_table_is_read_or_refused(table: Any) -> None:
    """No table, however shaped, ends in anything but a network or a network error."""
    try:
        network_from_table(table, "x", "x")
    except NetworkError as error:
        assert str(error).startswith(("x: ", "network "))
