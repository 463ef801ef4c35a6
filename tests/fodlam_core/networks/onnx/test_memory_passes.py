"""What of a graph passes over memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fodlam_core.networks.files import read_network
from fodlam_core.networks.onnx import OnnxReader
from fodlam_core.networks.reader import ReadOptions

onnx = pytest.importorskip("onnx")
CONV = "c = Conv<kernel_shape = [1, 1]>(x, w)"
PASSES = Callable[..., dict[str, tuple[int, int, int, int]]]


@pytest.fixture
def passes(tmp_path: Path) -> PASSES:
    """Return the passes of a graph of x by operator: read, written, window and count."""

    def passes(nodes: str, dims: str = "1,8,8,8") -> dict[str, tuple[int, ...]]:
        text = f"""<ir_version: 8, opset_import: ["" : 17, "com.microsoft" : 1]>
        graph (float[{dims}] x) => (float[N] y)
        <float[8,8,1,1] w, float[8] v, float[8,8] m, float h = {{0.5}}, float one = {{1}},
        float two = {{2}}> {{ {nodes} }}"""
        model = onnx.parser.parse_model(text)
        for value in model.graph.value_info:
            tensor = value.type.tensor_type
            sizes = [dim.dim_value for dim in tensor.shape.dim]
            model.graph.initializer.add(name=value.name, data_type=1, dims=sizes)
        del model.graph.value_info[:]
        path = tmp_path / "net.onnx"
        path.write_bytes(model.SerializeToString())
        found = read_network(path, OnnxReader(), ReadOptions()).memory_passes
        return {each.operator: (each.read, each.written, each.window, each.count) for each in found}

    return passes


@pytest.mark.parametrize(
    "behind",
    [
        "y = Relu(c)",
        "y = Clip(c)",
        "b = BatchNormalization(c, v, v, v, v) y = Relu(b)",
        "i = Identity(c) y = Relu(i)",
        "a = Add(c, x) y = Relu(a)",
        "f = Flatten(c) y = Reshape(f, f)",
    ],
)
def test_parts_of_a_layer_are_no_passes(passes: PASSES, behind: str) -> None:
    """What runtimes compute together with a convolution does not pass over memory again."""
    assert passes(f"{CONV} {behind}") == {}


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ("s = Sigmoid(c) y = Mul(c, s)", {"Swish": (512, 512, 1, 1)}),
        ("s = HardSigmoid(c) y = Mul(s, c)", {"HardSwish": (512, 512, 1, 1)}),
        ("y = Sigmoid(c)", {"Sigmoid": (512, 512, 1, 1)}),
        ("y = MaxPool<kernel_shape = [3, 3], strides = [2, 2]>(c)", {"MaxPool": (512, 72, 9, 1)}),
        ("y = Concat<axis = 1>(c, x)", {"Concat": (1024, 1024, 1, 1)}),
        ("y = BatchNormalization(x, v, v, v, v)", {"BatchNormalization": (512, 512, 1, 1)}),
        (
            "p = GlobalAveragePool(c) s = Sigmoid(p) y = Mul(c, s)",
            {
                "GlobalAveragePool": (512, 8, 1, 1),
                "Sigmoid": (8, 8, 1, 1),
                "Mul broadcast": (520, 512, 1, 1),
            },
        ),
        ("r = Relu(c) y = Add(c, r)", {"Relu": (512, 512, 1, 1), "Add": (1024, 512, 1, 1)}),
        (
            "a = Relu(x) b = Relu(a) y = Add(a, b)",
            {"Relu": (512, 512, 1, 2), "Add": (1024, 512, 1, 1)},
        ),
    ],
)
def test_passes_of_images(passes: PASSES, nodes: str, expected: dict[str, tuple[int, ...]]) -> None:
    """What no convolution takes along is a pass, and a function of several operators one."""
    assert passes(f"{CONV} {nodes}") == expected


GELU = "d = Div(p, two) e = Erf(d) a = Add(e, one)"
NORM = """u = ReduceMean<axes = [-1]>(s) t = Sub(s, u) q = Pow(t, two)
    r = ReduceMean<axes = [-1]>(q) a = Add(r, one) d = Sqrt(a) n = Div(t, d) g = Mul(n, v)
    y = Add(g, v)"""


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        (f"{GELU} g = Mul(p, a) y = Mul(g, h)", {"Gelu": (80, 80, 1, 1)}),
        (f"{GELU} b = Mul(p, h) y = Mul(b, a)", {"Gelu": (80, 80, 1, 1)}),
        (
            "b = Add(p, v) s = Add(b, x) y = LayerNormalization(s, v)",
            {"Add LayerNormalization": (160, 80, 1, 1)},
        ),
        (f"s = Add(p, x) {NORM}", {"Add LayerNormalization": (160, 80, 1, 1)}),
        (f"s = Div(p, x) {NORM}", {"Div": (160, 80, 1, 1), "LayerNormalization": (80, 80, 1, 1)}),
        (
            "s = Add(p, x) n = LayerNormalization(s, v) y = Add(n, s)",
            {"Add": (160, 80, 1, 2), "LayerNormalization": (80, 80, 1, 1)},
        ),
        (
            "q = Mul(p, h) t = Transpose<perm = [0, 2, 1]>(x) k = MatMul(q, t) y = Softmax(k)",
            {"Transpose": (80, 80, 1, 1), "Softmax": (100, 100, 1, 1)},
        ),
        ("y = com.microsoft.BiasGelu(p, v)", {"Gelu": (80, 80, 1, 1)}),
    ],
)
def test_passes_of_transformers(
    passes: PASSES, nodes: str, expected: dict[str, tuple[int, ...]]
) -> None:
    """Gelu and normalisation are one pass each, in whatever way they are written."""
    assert passes(f"p = MatMul(x, m) {nodes}", "1,10,8") == expected


def test_sizes_are_of_one_inference(passes: PASSES) -> None:
    """The batch of the file is divided out."""
    assert passes(f"{CONV} y = Sigmoid(c)", "4,8,8,8") == {"Sigmoid": (512, 512, 1, 1)}


def test_passes_of_unknown_size_are_named(tmp_path: Path) -> None:
    """What values decide the size of has no pass, and a note says so."""
    model = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["" : 17]> graph (float[2,8] x) => (float[N] y)
        <float[8,8] m> { p = MatMul(x, m) n = NonZero(p) f = Cast<to = 1>(n) y = Sigmoid(f) }"""
    )
    model.graph.initializer.add(name="m", data_type=1, dims=(8, 8))
    del model.graph.value_info[:]
    path = tmp_path / "net.onnx"
    path.write_bytes(model.SerializeToString())

    network = read_network(path, OnnxReader(), ReadOptions())

    assert network.memory_passes == ()
    assert "no passes over memory, as their sizes are not known: 'n', 'f', 'y'" in network.notes


def test_what_depends_on_no_input_is_no_pass(passes: PASSES) -> None:
    """Operators on weights alone are computed beforehand."""
    assert passes("s = Sigmoid(m) y = MatMul(x, s)", "1,10,8") == {}
