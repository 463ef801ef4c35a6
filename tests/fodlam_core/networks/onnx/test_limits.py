"""Tests of files that are small and would grow without bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fodlam_core.errors import NetworkError
from fodlam_core.networks.files import read_network
from fodlam_core.networks.onnx import OnnxReader
from fodlam_core.networks.onnx.limits import MAX_INPUTS, MAX_SIZE, MAX_STEPS
from fodlam_core.networks.reader import ReadOptions

onnx = pytest.importorskip("onnx")
helper = onnx.helper
INPUT = helper.make_tensor_value_info("x", 1, [1, 3, 4, 4])
OUTPUT = helper.make_tensor_value_info("y", 1, None)
IMPORTS = [helper.make_opsetid("", 17), helper.make_opsetid("local", 1)]


def with_functions(bodies: dict[str, list[str]]) -> Any:
    """Return a model that calls the first function; each calls the named ones in turn."""
    functions = []
    for name, calls in bodies.items():
        values = ["a", *(f"t{index}" for index in range(len(calls) - 1)), "b"]
        nodes = [
            helper.make_node(call, [values[index]], [values[index + 1]], domain=domain)
            for index, call in enumerate(calls)
            for domain in ["local" if call in bodies else ""]
        ]
        functions.append(helper.make_function("local", name, ["a"], ["b"], nodes, IMPORTS))
    node = helper.make_node(next(iter(bodies)), ["x"], ["y"], domain="local")
    graph = helper.make_graph([node], "g", [INPUT], [OUTPUT])
    return helper.make_model(graph, functions=functions, opset_imports=IMPORTS)


@pytest.mark.parametrize(
    ("bodies", "message"),
    [
        ({"F": ["F"]}, "function 'F' calls itself"),
        ({"F": ["G"], "G": ["Relu", "F"]}, "function 'F' calls itself"),
        ({f"F{i}": [f"F{i + 1}"] * 2 for i in range(40)} | {"F40": ["Relu"]}, "unfold to more"),
    ],
)
def test_functions_have_an_end(tmp_path: Path, bodies: dict[str, list[str]], message: str) -> None:
    """Functions that call themselves, or double at every level, are refused."""
    path = tmp_path / "net.onnx"
    path.write_bytes(with_functions(bodies).SerializeToString())
    with pytest.raises(NetworkError, match=message):
        read_network(path, OnnxReader(), ReadOptions())


def test_functions_that_end_are_unfolded(tmp_path: Path) -> None:
    """Three levels of doubling are eight operators."""
    bodies = {f"F{i}": [f"F{i + 1}"] * 2 for i in range(3)} | {"F3": ["Relu"]}
    path = tmp_path / "net.onnx"
    path.write_bytes(with_functions(bodies).SerializeToString())
    assert read_network(path, OnnxReader(), ReadOptions()).skipped == {"Relu": 8}


@pytest.mark.parametrize("doublings", [5, 25])
def test_lists_of_sizes_do_not_double_for_ever(tmp_path: Path, doublings: int) -> None:
    """A list of sizes that is joined with itself time and again is not followed to the end."""
    nodes = [helper.make_node("Shape", ["x"], ["s0"])]
    for index in range(doublings):
        nodes.append(helper.make_node("Concat", [f"s{index}"] * 2, [f"c{index}"], axis=0))
        nodes.append(helper.make_node("Cast", [f"c{index}"], [f"s{index + 1}"], to=7))
    graph = helper.make_graph(nodes, "g", [INPUT], [OUTPUT])
    path = tmp_path / "net.onnx"
    path.write_bytes(helper.make_model(graph, opset_imports=IMPORTS).SerializeToString())
    assert read_network(path, OnnxReader(), ReadOptions()).skipped == {"Shape": 1}


@pytest.mark.parametrize("size", [2**39, 2**41])
def test_a_long_input_does_not_fill_the_memory(tmp_path: Path, size: int) -> None:
    """An input of one huge dimension is read or refused, and never taken for a list of sizes."""
    given = helper.make_tensor_value_info("x", 1, [size])
    graph = helper.make_graph([helper.make_node("Add", ["x", "x"], ["y"])], "g", [given], [OUTPUT])
    path = tmp_path / "net.onnx"
    path.write_bytes(helper.make_model(graph, opset_imports=IMPORTS).SerializeToString())
    if size <= MAX_SIZE:
        assert read_network(path, OnnxReader(), ReadOptions()).skipped == {"Add": 1}
    else:
        with pytest.raises(NetworkError, match="'x' is absurdly large"):
            read_network(path, OnnxReader(), ReadOptions())


def test_more_operators_than_any_network_has_are_refused_at_once(tmp_path: Path) -> None:
    """A file of operators alone is refused by their number, before they are followed."""
    graph = onnx.GraphProto(input=[INPUT], output=[OUTPUT])
    graph.node.extend([helper.make_node("Relu", ["x"], ["y"])] * (MAX_STEPS + 1))
    path = tmp_path / "net.onnx"
    path.write_bytes(helper.make_model(graph, opset_imports=IMPORTS).SerializeToString())
    with pytest.raises(NetworkError, match="more than 100000 operators"):
        read_network(path, OnnxReader(), ReadOptions())


@pytest.mark.parametrize(("operator", "read"), [("Relu", True), ("Concat", False)])
def test_what_takes_long_counts_as_several_operators(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operator: str, *, read: bool
) -> None:
    """Tensors that grow with every operator come to the limit sooner than those that do not."""
    monkeypatch.setattr("fodlam_core.networks.onnx.walk.MAX_STEPS", 100)
    given, axis = (["x"], {"axis": 2}) if operator == "Concat" else ([], {})
    nodes = [
        helper.make_node(
            operator, [f"t{index}" if index else "x", *given], [f"t{index + 1}"], **axis
        )
        for index in range(60)
    ]
    last = helper.make_tensor_value_info("t60", 1, None)
    path = tmp_path / "net.onnx"
    graph = helper.make_graph(nodes, "g", [INPUT], [last])
    path.write_bytes(helper.make_model(graph, opset_imports=IMPORTS).SerializeToString())
    if read:
        assert read_network(path, OnnxReader(), ReadOptions()).skipped == {operator: 60}
    else:
        with pytest.raises(NetworkError, match="more than 100 operators"):
            read_network(path, OnnxReader(), ReadOptions())


def test_long_sequences_do_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sequences of many items count as several operators, of which a file can have many."""
    monkeypatch.setattr("fodlam_core.networks.onnx.walk.MAX_STEPS", 100)
    given = helper.make_tensor_value_info("x", 1, [1, 640])
    nodes = [
        helper.make_node("SplitToSequence", ["x"], [f"s{index}"], axis=1) for index in range(20)
    ]
    graph = helper.make_graph(nodes, "g", [given], [OUTPUT])
    path = tmp_path / "net.onnx"
    path.write_bytes(helper.make_model(graph, opset_imports=IMPORTS).SerializeToString())
    with pytest.raises(NetworkError, match="more than 100 operators"):
        read_network(path, OnnxReader(), ReadOptions())


def test_an_input_has_few_axes(tmp_path: Path) -> None:
    """An input of a thousand axes is refused, before a message shows them all."""
    given = helper.make_tensor_value_info("x", 1, [1] * 1000)
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", [given], [OUTPUT])
    path = tmp_path / "net.onnx"
    path.write_bytes(helper.make_model(graph, opset_imports=IMPORTS).SerializeToString())
    with pytest.raises(NetworkError, match="'x' has 1000 axes"):
        read_network(path, OnnxReader(), ReadOptions())


def test_sizes_that_no_tensor_has_are_kept_from_the_library(tmp_path: Path) -> None:
    """A weight of a negative size, on which onnx would end the process, is of unknown size."""
    ends = [helper.make_tensor(name, 7, [1], [value]) for name, value in (("b", 1), ("e", -1))]
    weight = onnx.TensorProto(name="w", data_type=1, dims=[-(2**63), 64])
    nodes = [
        helper.make_node("Slice", ["w", "b", "e"], ["s"]),
        helper.make_node("Add", ["x", "s"], ["y"]),
    ]
    graph = helper.make_graph(nodes, "g", [INPUT], [OUTPUT], [weight, *ends])
    path = tmp_path / "net.onnx"
    path.write_bytes(helper.make_model(graph, opset_imports=IMPORTS).SerializeToString())
    assert read_network(path, OnnxReader(), ReadOptions()).skipped == {"Add": 1}


def test_a_symbol_that_is_no_text_is_told(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 in the place of a symbol are named, with the input."""
    given = helper.make_tensor_value_info("x", 1, ["?!"])
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", [given], [OUTPUT])
    path = tmp_path / "net.onnx"
    data = helper.make_model(graph, opset_imports=IMPORTS).SerializeToString()
    path.write_bytes(data.replace(b"?!", b"\xff\xfe"))
    with pytest.raises(NetworkError, match="input 'x': a name in it is not UTF-8"):
        read_network(path, OnnxReader(), ReadOptions())


@pytest.mark.parametrize("place", [-3, 2])
def test_a_place_that_a_sequence_does_not_have_is_not_known(tmp_path: Path, place: int) -> None:
    """What is taken from beyond either end of a sequence has the sizes of its items."""
    nodes = [
        helper.make_node("SequenceConstruct", ["x", "x"], ["s"]),
        helper.make_node("SequenceAt", ["s", "i"], ["a"]),
        helper.make_node("Conv", ["a", "w"], ["y"]),
    ]
    weights = [
        helper.make_tensor("i", 7, [], [place]),
        onnx.TensorProto(name="w", data_type=1, dims=[2, 3, 1, 1]),
    ]
    graph = helper.make_graph(nodes, "g", [INPUT], [OUTPUT], weights)
    path = tmp_path / "net.onnx"
    path.write_bytes(helper.make_model(graph, opset_imports=IMPORTS).SerializeToString())
    assert read_network(path, OnnxReader(), ReadOptions()).total_macs == 2 * 3 * 16


@pytest.mark.parametrize(("count", "notes"), [(3, 3), (4, 1)])
def test_many_inputs_that_nothing_reads_are_one_note(
    tmp_path: Path, count: int, notes: int
) -> None:
    """Each is named, unless there are more than a reader of notes wants to see."""
    more = [helper.make_tensor_value_info(f"i{index}", 1, [1, 2]) for index in range(count)]
    node = helper.make_node("Relu", ["x"], ["y"])
    graph = helper.make_graph([node], "g", [INPUT, *more], [OUTPUT])
    path = tmp_path / "net.onnx"
    path.write_bytes(helper.make_model(graph, opset_imports=IMPORTS).SerializeToString())
    network = read_network(path, OnnxReader(), ReadOptions())
    assert len([note for note in network.notes if "no output depends on" in note]) == notes


@pytest.mark.parametrize("equation", ["aC..->...", "a\x13,b->ab", "ij->i-"])
def test_an_equation_that_onnx_never_gets_through_is_not_asked(
    tmp_path: Path, equation: str
) -> None:
    """An Einsum that is malformed is refused or not costed, and reading it ends."""
    node = helper.make_node("Einsum", ["x"], ["y"], equation=equation)
    graph = helper.make_graph([node], "g", [INPUT], [OUTPUT])
    path = tmp_path / "net.onnx"
    path.write_bytes(helper.make_model(graph, opset_imports=IMPORTS).SerializeToString())
    try:
        assert read_network(path, OnnxReader(), ReadOptions()).total_macs == 0
    except NetworkError as error:
        assert "Einsum" in str(error)


def test_an_interface_of_many_inputs_is_refused(tmp_path: Path) -> None:
    """No network has ten thousand inputs, whose sizes would take seconds to settle."""
    more = [onnx.ValueInfoProto(name=f"i{index}") for index in range(MAX_INPUTS)]
    node = helper.make_node("Relu", ["x"], ["y"])
    graph = helper.make_graph([node], "g", [INPUT, *more], [OUTPUT])
    path = tmp_path / "net.onnx"
    path.write_bytes(helper.make_model(graph, opset_imports=IMPORTS).SerializeToString())
    with pytest.raises(NetworkError, match=f"more than {MAX_INPUTS} inputs"):
        read_network(path, OnnxReader(), ReadOptions())
