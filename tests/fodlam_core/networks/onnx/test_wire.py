"""Tests of reading ONNX without the weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core.errors import NetworkError
from fodlam_core.networks.onnx.wire import MAX_ENTRIES, SMALL_BYTES, without_weights

onnx = pytest.importorskip("onnx")


def tensor(name: str, count: int) -> onnx.TensorProto:
    """Return a tensor with data."""
    return onnx.TensorProto(name=name, dims=[count], data_type=1, raw_data=bytes(4 * count))


def model(big: onnx.TensorProto) -> onnx.ModelProto:
    """Return a model with one weight in the graph, in a node and in a branch."""
    constant = onnx.helper.make_node("Constant", [], ["k"], value=big)
    branch = onnx.helper.make_graph([], "branch", [], [], [big])
    choice = onnx.helper.make_node("If", ["c"], ["y"], then_branch=branch, else_branch=branch)
    graph = onnx.helper.make_graph([constant, choice], "g", [], [], [big, tensor("small", 3)])
    return onnx.helper.make_model(graph)


def test_large_data_is_left_out_everywhere(tmp_path: Path) -> None:
    """Weights lose their data and keep name and size, in nodes and branches as well."""
    path = tmp_path / "net.onnx"
    path.write_bytes(model(tensor("big", 100_000)).SerializeToString())
    skeleton = without_weights(path)
    assert len(skeleton) < 1000
    expected = model(onnx.TensorProto(name="big", dims=[100_000], data_type=1))
    assert onnx.ModelProto.FromString(skeleton) == expected


def test_small_data_stays(tmp_path: Path) -> None:
    """A model of small tensors is copied byte by byte."""
    path = tmp_path / "net.onnx"
    data = model(tensor("big", SMALL_BYTES // 8)).SerializeToString()
    path.write_bytes(data)
    assert without_weights(path) == data


def test_a_file_of_empty_entries_is_refused_before_it_is_unfolded(tmp_path: Path) -> None:
    """Two bytes an entry, which would take a hundred times as much in memory."""
    entries = b"\x0a\x00" * (MAX_ENTRIES + 1)
    path = tmp_path / "net.onnx"
    path.write_bytes(b"\x3a" + varint(len(entries)) + entries)
    with pytest.raises(NetworkError, match="more operators and tensors than networks have"):
        without_weights(path)


def test_a_file_of_gigabytes_is_read_in_little_memory(tmp_path: Path) -> None:
    """Three gigabytes of weights, a hole in the file, are passed over unread."""
    path = tmp_path / "net.onnx"
    size = 3_000_000_000
    name = b"\x42\x03big"  # field 8
    data = b"\x4a" + varint(size)  # field 9, as long as the hole
    tensor_ = len(name) + len(data) + size
    graph = b"\x2a" + varint(tensor_)  # field 5 of the graph
    with path.open("wb") as file:
        file.write(b"\x3a" + varint(len(graph) + tensor_) + graph + name + data)
        file.seek(size - 1, 1)
        file.write(b"\0")
    (found,) = onnx.ModelProto.FromString(without_weights(path)).graph.initializer
    assert (found.name, found.raw_data) == ("big", b"")


def varint(value: int) -> bytes:
    """Return a number as protobuf writes it."""
    groups = []
    while value > 127:
        groups.append(value & 127 | 128)
        value >>= 7
    return bytes([*groups, value])


@pytest.mark.parametrize(
    "data", [b"\x3a\x05ab", b"\x3a", b"\x3a" + b"\xff" * 11, b"\x3b", b"\x02\x00", b"\x39\x00"]
)
def test_malformed_files_are_refused_with_the_place(tmp_path: Path, data: bytes) -> None:
    """A field that is cut off, endless or of no known type is refused with its byte."""
    path = tmp_path / "net.onnx"
    path.write_bytes(data)
    with pytest.raises(NetworkError, match=r"not ONNX, or cut off: .* at byte \d+"):
        without_weights(path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """An empty file is named as such."""
    path = tmp_path / "net.onnx"
    path.touch()
    with pytest.raises(NetworkError, match="an empty file"):
        without_weights(path)


def test_graphs_in_graphs_have_an_end(tmp_path: Path) -> None:
    """Branches nested without end are refused instead of followed."""
    data = bytes(SMALL_BYTES)
    field = b"\x0a" + varint(len(data)) + data
    for _ in range(60):
        attribute = b"\x32" + varint(len(field)) + field
        node = b"\x2a" + varint(len(attribute)) + attribute
        field = b"\x0a" + varint(len(node)) + node
    path = tmp_path / "net.onnx"
    path.write_bytes(b"\x3a" + varint(len(field)) + field)
    with pytest.raises(NetworkError, match="nested too deeply"):
        without_weights(path)


def field(number: int, body: bytes) -> bytes:
    """Return a message in a field."""
    return varint(number << 3 | 2) + varint(len(body)) + body


@pytest.mark.parametrize(
    "entry",
    [
        field(1, field(5, b"") * 1900),  # attributes of a node
        field(1, (b"\xaa\x00\x00") * 1300),  # the same, their key written longer than it need be
        field(1, field(5, field(10, b"") * 1900)),  # tensors of an attribute
        field(13, field(2, field(1, field(2, field(1, b"") * 1900)))),  # axes of a tensor
    ],
)
def test_empty_messages_in_small_ones_are_refused(tmp_path: Path, entry: bytes) -> None:
    """Two bytes each, they would take a hundred times as much in memory, wherever they are."""
    path = tmp_path / "net.onnx"
    path.write_bytes(field(7, entry * (8_000_000 // len(entry))))
    with pytest.raises(NetworkError, match="more operators and tensors than networks have"):
        without_weights(path)


def test_the_operators_of_the_largest_networks_are_let_through(tmp_path: Path) -> None:
    """A hundred thousand convolutions with the sizes of all tensors are copied as they are."""
    node = onnx.helper.make_node(
        "Conv", ["x", "w", "b"], ["y"], "conv", kernel_shape=[3, 3], pads=[1, 1, 1, 1], group=1
    )
    value = onnx.helper.make_tensor_value_info("y", 1, [1, 64, 56, 56])
    nodes = field(1, node.SerializeToString()) * 100_000
    data = field(7, nodes + field(13, value.SerializeToString()) * 100_000)
    path = tmp_path / "net.onnx"
    path.write_bytes(data)
    assert without_weights(path) == data
