"""Models of layers and of networks compute what the shapes say."""

from __future__ import annotations

import onnx
import pytest

from fodlam_core import ConvShape, FcShape, Layer, MatmulShape, Network
from fodlam_core.measure.layer_models import (
    PRECISIONS,
    can_build,
    layer_model,
    network_model,
    tensor_bytes,
)
from fodlam_core.measure.sessions import Setting, runner
from fodlam_core.model.shapes import Shape

SHAPES: tuple[Shape, ...] = (
    ConvShape.from_input((4, 9, 7), 8, (3, 1), (2, 1), (1, 0)),
    ConvShape.from_input((4, 8, 8), 8, 3, padding=2, dilation=2, groups=2),
    ConvShape.from_input((6, 8, 8), 6, 3, padding=1, groups=6),
    FcShape(12, 5, rows=3),
    MatmulShape(m=3, k=4, n=5, count=2),
)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_layers_run(shape: Shape, precision: str) -> None:
    """A layer of every form runs at every precision, and writes as many elements as it should."""
    model = layer_model(shape, 2, precision)

    [output] = onnx.load_from_string(model).graph.output
    count = 1
    for dim in output.type.tensor_type.shape.dim:
        count *= dim.dim_value
    assert 2 * shape.traffic.outputs == count
    assert runner(model, Setting("cpu", precision))() > 0


def test_network_is_a_chain() -> None:
    """A layer reads the latest tensor of its size, and the last one if only the form differs."""
    layers = [
        Layer.from_shape("a", FcShape(8, 12)),
        Layer.from_shape("b", FcShape(12, 6), repeat=2),
        Layer.from_shape("c", ConvShape.from_input((6, 1, 1), 3, 1)),
    ]

    model = network_model(Network("net", layers))

    assert model is not None
    graph = onnx.load_from_string(model).graph
    assert ["a.0.in"] == [each.name for each in graph.input]
    assert ["b.0.out", "c.0.out"] == [each.name for each in graph.output]
    assert runner(model, Setting())() > 0


def test_what_has_not_been_read_is_joined_pooled_and_made_flat() -> None:
    """Between blocks images are pooled, and what an fc layer reads is pooled as it needs."""
    shapes = [
        ConvShape.from_input((3, 12, 12), 4, 3, padding=1),
        ConvShape.from_input((3, 12, 12), 2, 1),
        ConvShape.from_input((6, 6, 6), 8, 1),
        FcShape(8 * 9, 5),
        FcShape(5, 5),
    ]
    layers = [Layer.from_shape(f"l{number}", shape) for number, shape in enumerate(shapes)]

    model = network_model(Network("net", layers))

    assert model is not None
    graph = onnx.load_from_string(model).graph
    assert ["l0.0.in"] == [each.name for each in graph.input]
    assert ["l4.0.out"] == [each.name for each in graph.output]
    kinds = ["Conv", "Conv", "Concat", "MaxPool", "Conv", "MaxPool", "Reshape", "MatMul", "MatMul"]
    assert kinds == [node.op_type for node in graph.node]
    assert runner(model, Setting())() > 0


def test_branches_are_joined() -> None:
    """Branches read one tensor, and what reads them both reads them joined along the channels."""
    sizes = [("squeeze", 8, 2, 1), ("left", 2, 5, 1), ("right", 2, 7, 3), ("next", 12, 3, 1)]
    layers = [
        Layer.from_shape(name, ConvShape.from_input((deep, 6, 6), wide, size, padding=size // 2))
        for name, deep, wide, size in sizes
    ]

    model = network_model(Network("fire", layers))

    assert model is not None
    graph = onnx.load_from_string(model).graph
    inputs = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Conv"}
    [concat] = [node for node in graph.node if node.op_type == "Concat"]
    assert inputs["left.0.out"] == inputs["right.0.out"] == "squeeze.0.out"
    assert ["left.0.out", "right.0.out"] == list(concat.input)
    assert ["next.0.out"] == [each.name for each in graph.output]
    assert runner(model, Setting())() > 0


def test_network_that_cannot_be_built() -> None:
    """A network with a layer of no shape, or one that runs for every token, has no model."""
    assert network_model(Network("net", [Layer("a", "fc", 5)])) is None
    assert network_model(Network("net", [Layer.from_shape("a", FcShape(2, 2), repeat=99)])) is None
    assert network_model(Network("net", [])) is None


def test_what_can_be_built() -> None:
    """Transposed and lopsidedly padded convolutions have no row in a data file."""
    lopsided = ConvShape.from_input((1, 4, 4), 1, 3, padding=(0, 0, 1, 1))
    transposed = ConvShape(1, 2, 2, 1, 3, 3, (2, 2), transposed=True)

    assert [True] * 5 == list(map(can_build, SHAPES))
    assert [False] * 3 == list(map(can_build, (lopsided, transposed, None)))


def test_bytes() -> None:
    """Weights count once, activations for every inference, in bytes of the precision."""
    assert 2 * (12 * 5 + 4 * (36 + 15)) == tensor_bytes(FcShape(12, 5, rows=3), 4, "fp16")
