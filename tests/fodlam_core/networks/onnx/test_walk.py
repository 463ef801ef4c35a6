"""Tests of the ONNX reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fodlam_core.errors import FodlamError, NetworkError
from fodlam_core.model.converters import words
from fodlam_core.model.layers import Network
from fodlam_core.model.shapes import ConvShape, FcShape, MatmulShape
from fodlam_core.networks.files import read_network, reader_for
from fodlam_core.networks.onnx import OnnxReader
from fodlam_core.networks.reader import ReadOptions
from fodlam_core.plugins.registry import Registry

onnx = pytest.importorskip("onnx")
helper, FLOAT, INT64 = onnx.helper, onnx.TensorProto.FLOAT, onnx.TensorProto.INT64
LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
Sizes = Sequence[int | str | None]


def model(
    nodes: Iterable[Any],
    inputs: dict[str, Sizes],
    weights: dict[str, Sequence[int]],
    constants: dict[str, Sequence[int]] | None = None,
    output: str = "y",
    **rest: Any,
) -> Any:
    """Build a model whose weights have sizes and no data."""
    tensors = [
        onnx.TensorProto(name=name, dims=sizes, data_type=FLOAT) for name, sizes in weights.items()
    ]
    tensors += [
        helper.make_tensor(name, INT64, [len(values)], values)
        for name, values in (constants or {}).items()
    ]
    graph = helper.make_graph(
        list(nodes),
        "graph",
        [helper.make_tensor_value_info(name, FLOAT, sizes) for name, sizes in inputs.items()],
        [helper.make_tensor_value_info(output, FLOAT, None)],
        tensors,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], **rest)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Network]:
    """Write a model and read it."""

    def read(proto: Any, **options: Any) -> Network:
        path = tmp_path / "net.onnx"
        path.write_bytes(proto if isinstance(proto, bytes) else proto.SerializeToString())
        return read_network(path, OnnxReader(), ReadOptions(**options))

    return read


def test_equal_products_differ_by_what_is_a_weight(read: Callable[..., Network]) -> None:
    """Operators of one kind and one size are told apart by their attributes and their weights."""
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["a"], "weights"),
        helper.make_node("MatMul", ["x", "a"], ["b"], "activations"),
        helper.make_node("MatMul", ["b", "w"], ["c"], "again"),
        helper.make_node("Gemm", ["c", "v"], ["d"], "gemm"),
        helper.make_node("Gemm", ["v", "d"], ["y"], "turned", transA=1),
    ]
    network = read(model(nodes, {"x": (8, 8)}, {"w": (8, 8), "v": (8, 4)}), batch_axis="none")
    weights = FcShape(8, 8, 8)
    assert [layer.shape for layer in network.layers] == [
        weights,
        MatmulShape(8, 8, 8),
        weights,
        FcShape(8, 4, 8),
        FcShape(8, 4, 4),
    ]


def small(batch: int | str = 4, size: int | str = 16) -> Any:
    """Return a convolution, a pool and a fully-connected layer."""
    nodes = [
        helper.make_node("Conv", ["x", "w", "b"], ["c"], "conv", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c"], ["r"], "relu"),
        helper.make_node("MaxPool", ["r"], ["p"], "pool", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Flatten", ["p"], ["f"], "flat"),
        helper.make_node("Gemm", ["f", "v"], ["y"], "fc", transB=1),
    ]
    weights = {"w": (8, 3, 3, 3), "b": (8,), "v": (10, 512)}
    return model(nodes, {"x": [batch, 3, size, size]}, weights)


def test_layers_have_shapes_of_one_inference(read: Callable[..., Network]) -> None:
    """The batch of the file is divided out; operators without MACs are counted."""
    network = read(small())
    assert [(layer.name, layer.shape, layer.repeat) for layer in network.layers] == [
        ("conv", ConvShape.from_input((3, 16, 16), 8, 3, padding=1), 1),
        ("fc", FcShape(512, 10), 1),
    ]
    assert network.skipped == {"Relu": 1, "MaxPool": 1, "Flatten": 1}
    assert network.uncosted == {}
    assert network.name == "net"


def test_a_symbolic_batch_is_one(read: Callable[..., Network]) -> None:
    """A batch without a number becomes 1, and a note says so."""
    network = read(small("N"))
    assert network.layers == read(small()).layers
    assert "the batch 'N' is taken as 1" in network.notes


def test_other_symbolic_sizes_are_asked_for(read: Callable[..., Network]) -> None:
    """Any other symbolic size needs the line that the message shows."""
    with pytest.raises(
        NetworkError,
        match=r"'x' is \[N, 3, side, side\].*\[network\] input = \[3, 224, 224\]",
    ):
        read(small("N", "side"))
    assert read(small("N", "side"), input=(3, 16, 16)).layers == read(small()).layers


def test_an_override_must_fit(read: Callable[..., Network]) -> None:
    """An override with the batch in it is refused; one that breaks a layer names the node."""
    with pytest.raises(NetworkError, match="takes 3 numbers without the batch"):
        read(small(), input=(1, 3, 16, 16))
    with pytest.raises(NetworkError, match="node 'fc'"):
        read(small(), input=(3, 32, 32))


def conv(op: str, data: Sizes, weights: Sequence[int], **attributes: Any) -> Any:
    """Return a model of one convolution."""
    node = helper.make_node(op, ["x", "w"], ["y"], "c", **attributes)
    return model([node], {"x": data}, {"w": weights})


@pytest.mark.parametrize(
    ("proto", "shape"),
    [
        (
            conv("Conv", [1, 6, 9, 9], (6, 1, 3, 3), group=6, strides=[2, 2]),
            ConvShape(6, 9, 9, 6, 4, 4, (3, 3), (2, 2), groups=6),
        ),
        (
            conv("Conv", [1, 6, 9, 9], (4, 6, 3, 3), dilations=[2, 2]),
            ConvShape(6, 9, 9, 4, 5, 5, (3, 3), dilation=(2, 2)),
        ),
        (
            conv("Conv", [1, 6, 10, 9], (4, 6, 3, 3), auto_pad="SAME_UPPER", strides=[2, 2]),
            ConvShape(6, 10, 9, 4, 5, 5, (3, 3), (2, 2), (0, 1, 1, 1)),
        ),
        (
            conv("Conv", [1, 6, 10, 9], (4, 6, 3, 3), auto_pad="SAME_LOWER", strides=[2, 2]),
            ConvShape(6, 10, 9, 4, 5, 5, (3, 3), (2, 2), (1, 1, 0, 1)),
        ),
        (
            conv("Conv", [1, 6, 9, 9], (4, 6, 3, 3), pads=[0, 1, 2, 0]),
            ConvShape(6, 9, 9, 4, 9, 8, (3, 3), padding=(0, 1, 2, 0)),
        ),
        (conv("Conv", [1, 6, 50], (4, 6, 3), strides=[2]),
         ConvShape(6, 1, 50, 4, 1, 24, (1, 3), (1, 2))),
        (
            conv("ConvTranspose", [1, 6, 9, 9], (6, 4, 3, 3), strides=[2, 2], pads=[1, 1, 1, 1],
                 output_padding=[1, 1]),
            ConvShape(6, 9, 9, 4, 18, 18, (3, 3), (2, 2), (1, 1, 1, 1), transposed=True),
        ),
        (
            conv("ConvTranspose", [1, 6, 9, 9], (6, 2, 4, 4), strides=[2, 2], group=2,
                 output_shape=[18, 18]),
            ConvShape(6, 9, 9, 4, 18, 18, (4, 4), (2, 2), (1, 1, 1, 1), groups=2, transposed=True),
        ),
        # The output may be longer by less than the stride or the dilation, whichever is larger.
        (
            conv("ConvTranspose", [1, 2, 5, 5], (2, 2, 3, 3), dilations=[3, 3],
                 output_padding=[2, 2]),
            ConvShape(2, 5, 5, 2, 13, 13, (3, 3), dilation=(3, 3), transposed=True),
        ),
    ],
)  # fmt: skip
def test_convolutions(read: Callable[..., Network], proto: Any, shape: ConvShape) -> None:
    """Groups, strides, padding, dilation and transposition arrive in the shape."""
    (layer,) = read(proto).layers
    assert layer.shape == shape


def test_a_transposed_convolution_counts_input_pixels(read: Callable[..., Network]) -> None:
    """Every input pixel is multiplied with every weight of its channel."""
    (layer,) = read(conv("ConvTranspose", [1, 6, 9, 9], (6, 4, 3, 3), strides=[2, 2])).layers
    assert layer.macs == 6 * 4 * 9 * 81


def test_a_convolution_in_three_dimensions_has_macs(read: Callable[..., Network]) -> None:
    """Where there is no shape for a layer its MACs are counted all the same."""
    (layer,) = read(conv("Conv", [2, 3, 8, 8, 8], (4, 3, 3, 3, 3))).layers
    assert (layer.macs, layer.shape) == (4 * 3 * 27 * 216, None)


def test_quantised_operators_are_layers(read: Callable[..., Network]) -> None:
    """The integer forms of convolution and product cost what their real forms do."""
    scales = ["xs", "xz"], ["ws", "wz", "ys", "yz"]
    node = helper.make_node("QLinearConv", ["x", *scales[0], "w", *scales[1]], ["y"], "q")
    names = [*scales[0], *scales[1]]
    proto = model([node], {"x": [1, 3, 8, 8]}, {"w": (4, 3, 3, 3), **dict.fromkeys(names, ())})
    (layer,) = read(proto).layers
    assert layer.macs == 4 * 27 * 36


def matmul(left: Sizes, right: Sequence[int], constant: bool) -> Any:
    """Return a model of one product."""
    node = helper.make_node("MatMul", ["x", "w"], ["y"], "m")
    if constant:
        return model([node], {"x": left}, {"w": right})
    return model([node], {"x": left, "w": right}, {})


@pytest.mark.parametrize(
    ("left", "right", "constant", "kind", "shape"),
    [
        ([1, 128, 768], (768, 64), True, "fc", FcShape(768, 64, rows=128)),
        ([8, 128, 768], (768, 64), True, "fc", FcShape(768, 64, rows=128)),
        ([2, 12, 128, 64], (2, 12, 64, 128), False, "matmul", MatmulShape(128, 64, 128, 12)),
        ([3, 5], (5, 7), True, "fc", FcShape(5, 7)),
    ],
)
def test_products(
    read: Callable[..., Network],
    left: Sizes,
    right: Sequence[int],
    constant: bool,
    kind: str,
    shape: FcShape | MatmulShape,
) -> None:
    """A product with weights is fully-connected with a row per token, without weights a matmul."""
    (layer,) = read(matmul(left, right, constant)).layers
    assert (layer.kind, layer.shape, layer.repeat) == (kind, shape, 1)


def test_a_stack_of_weights_is_repeated(read: Callable[..., Network]) -> None:
    """Each matrix of a stack of weights is a fully-connected layer of its own."""
    (layer,) = read(matmul([4, 9, 16], (4, 16, 8), True), input=(9, 16)).layers
    assert layer.total_macs == 4 * 9 * 16 * 8
    assert layer.repeat == 4


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        ("bid,bjd->bij", [MatmulShape(6, 4, 6)]),
        ("bid,bjd->b", [MatmulShape(1, 4, 1)]),  # i and j are summed before
        ("bii,bjd->bij", []),  # a diagonal, times a sum over d
        ("bii,bid->bd", [MatmulShape(1, 6, 4)]),
        ("...id,...jd->...ij", [MatmulShape(6, 4, 6)]),
        ("...id,...jd", [MatmulShape(6, 4, 6)]),
        ("bid,bjd", [MatmulShape(6, 8, 6, 1)]),  # without an arrow b and d are summed over
        ("bid,bjd->bijd", []),
        ("bid,bid->bid", []),
        ("b.d,bjd->bij", None),
        ("", None),
    ],
)
def test_einsum(
    read: Callable[..., Network], equation: str, expected: list[MatmulShape] | None
) -> None:
    """An Einsum is the products in it, element by element it is free, any other is listed."""
    node = helper.make_node("Einsum", ["x", "z"], ["y"], "e", equation=equation)
    sizes = [2, 6, 6] if "ii" in equation else [2, 6, 4]
    axis = "none" if equation == "bid,bjd" else 0
    network = read(model([node], {"x": sizes, "z": [2, 6, 4]}, {}), batch_axis=axis)
    assert [layer.shape for layer in network.layers] == (expected or [])
    assert network.uncosted == ({"Einsum": 1} if expected is None else {})
    assert network.skipped == ({"Einsum": 1} if expected == [] else {})


def test_einsum_of_three_factors_multiplies_from_the_left(read: Callable[..., Network]) -> None:
    """The first two factors are multiplied, and the result with the third."""
    node = helper.make_node("Einsum", ["x", "w", "v"], ["y"], "e", equation="bi,ij,jk->bk")
    network = read(model([node], {"x": [1, 4]}, {"w": (4, 5), "v": (5, 6)}))
    assert [layer.shape for layer in network.layers] == [FcShape(4, 5), FcShape(5, 6)]


def test_shapes_that_the_graph_computes_are_followed(read: Callable[..., Network]) -> None:
    """A Reshape whose size comes from Shape, Gather and Concat can be followed."""
    nodes = [
        helper.make_node("Shape", ["x"], ["s"]),
        helper.make_node("Gather", ["s", "zero"], ["n"], axis=0),
        helper.make_node("Concat", ["n", "rest"], ["to"], axis=0),
        helper.make_node("Reshape", ["x", "to"], ["r"]),
        helper.make_node("MatMul", ["r", "w"], ["y"], "m"),
    ]
    constants = {"zero": [0], "rest": [12, -1]}
    proto = model(nodes, {"x": ["N", 3, 8, 8]}, {"w": (16, 5)}, constants)
    (layer,) = read(proto).layers
    assert layer.shape == FcShape(16, 5, rows=12)


def test_additions_mark_the_layer_that_ends_last(read: Callable[..., Network]) -> None:
    """A shortcut marks a layer, an added bias does not."""
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["a"], "first"),
        helper.make_node("Add", ["a", "b"], ["c"], "bias"),
        helper.make_node("MatMul", ["c", "w"], ["d"], "second"),
        helper.make_node("Add", ["b", "d"], ["e"], "bias2"),
        helper.make_node("Add", ["e", "x"], ["f"], "residual"),
        helper.make_node("MatMul", ["f", "w"], ["y"], "third"),
    ]
    network = read(model(nodes, {"x": [1, 4, 16]}, {"w": (16, 16), "b": (16,)}))
    assert [layer.name for layer in network.layers if layer.residual_add] == ["second"]


def test_attention_is_two_products(read: Callable[..., Network]) -> None:
    """The attention operator multiplies queries with keys, and the result with values."""
    node = helper.make_node("Attention", ["x", "k", "v"], ["y"], "a", q_num_heads=4, kv_num_heads=4)
    proto = model([node], {"x": [1, 10, 64], "k": [1, 12, 64], "v": [1, 12, 32]}, {})
    proto.opset_import[0].version = 23
    network = read(proto)
    assert [layer.shape for layer in network.layers] == [
        MatmulShape(10, 16, 12, 4),
        MatmulShape(10, 12, 8, 4),
    ]


def test_unknown_operators_are_listed(read: Callable[..., Network]) -> None:
    """Operators of other domains, and those of ONNX's own without a rule, are not costed."""
    nodes = [
        helper.make_node("Fused", ["x"], ["a"], domain="com.example"),
        helper.make_node("Det", ["x"], ["y"]),
    ]
    network = read(model(nodes, {"x": [1, 8, 8]}, {}))
    assert network.uncosted == {"com.example.Fused": 1, "Det": 1}
    assert any("1 com.example.Fused, 1 Det" in note for note in network.notes)


def test_a_layer_behind_an_unknown_operator_is_not_costed(read: Callable[..., Network]) -> None:
    """A convolution of unknown input is listed with the tensor whose shape is missing."""
    nodes = [
        helper.make_node("Fused", ["x"], ["a"], domain="com.example"),
        helper.make_node("Conv", ["a", "w"], ["y"], "conv"),
    ]
    network = read(model(nodes, {"x": [1, 3, 8, 8]}, {"w": (4, 3, 3, 3)}))
    assert network.uncosted == {"com.example.Fused": 1, "Conv": 1}
    assert any("node 'conv'" in note and "'a'" in note for note in network.notes)


def test_functions_of_the_model_are_opened(read: Callable[..., Network]) -> None:
    """A layer inside a function that the model defines is found."""
    function = helper.make_function(
        "local",
        "Dense",
        ["a", "b"],
        ["c"],
        [helper.make_node("MatMul", ["a", "b"], ["c"])],
        [helper.make_opsetid("", 17)],
    )
    node = helper.make_node("Dense", ["x", "w"], ["y"], domain="local")
    proto = model([node], {"x": [1, 8]}, {"w": (8, 4)}, functions=[function])
    proto.opset_import.append(helper.make_opsetid("local", 1))
    assert [layer.macs for layer in read(proto).layers] == [32]


def test_regions_are_rows_or_repeat_the_layers_after_the_pool(read: Callable[..., Network]) -> None:
    """Regions are rows of a product, a convolution runs for each; their number is needed."""
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], "conv"),
        helper.make_node(
            "MaxRoiPool", ["c", "rois"], ["p"], "pool", pooled_shape=[2, 2], spatial_scale=0.5
        ),
        helper.make_node("Conv", ["p", "u"], ["h"], "head"),
        helper.make_node("Flatten", ["h"], ["f"]),
        helper.make_node("Gemm", ["f", "v"], ["y"], "fc"),
    ]
    weights = {"w": (4, 3, 3, 3), "u": (5, 4, 1, 1), "v": (20, 7)}
    proto = model(nodes, {"x": [1, 3, 8, 8], "rois": ["R", 5]}, weights)
    proto.graph.node[1].input[1] = "boxes"
    proto.graph.node.insert(1, helper.make_node("Unique", ["rois"], ["boxes"], axis=0))
    with pytest.raises(NetworkError, match=r"node 'pool' \(MaxRoiPool\).*regions = 300"):
        read(proto)
    layers = read(proto, regions=30).layers
    assert [(layer.name, layer.macs, layer.repeat) for layer in layers] == [
        ("conv", 4 * 27 * 36, 1),
        ("head", 4 * 5 * 4, 30),
        ("fc", 140 * 30, 1),
    ]


def test_large_weights_and_absent_external_data_are_not_needed(
    read: Callable[..., Network],
) -> None:
    """Neither the data of weights nor a file beside the model is ever read."""
    proto = small()
    proto.graph.initializer[0].data_location = onnx.TensorProto.EXTERNAL
    proto.graph.initializer[0].external_data.add(key="location", value="../missing.bin")
    proto.graph.initializer[2].raw_data = bytes(4 * 5120)
    assert read(proto).layers == read(small()).layers


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p.graph.node[0].input.__setitem__(0, "y"), "'conv'.*reads 'y', which nothing"),
        (lambda p: p.graph.node[4].input.__setitem__(0, "nowhere"), "'fc'.*reads 'nowhere'"),
        (lambda p: p.graph.initializer[0].dims.__setitem__(1, 5), "'conv'.*5 channels"),
        (lambda p: p.graph.initializer[0].dims.__setitem__(0, 10**15), r"absurdly|at most 1e\+18"),
        (lambda p: p.graph.initializer[0].dims.__setitem__(2, 0), "'conv'"),
        (lambda p: p.graph.node[0].attribute.append(helper.make_attribute("group", 0)), "'conv'"),
        (lambda p: p.graph.node[0].attribute.append(helper.make_attribute("group", 2)), "'conv'"),
        (lambda p: p.graph.node[0].input.pop() and p.graph.node[0].input.pop(), "'conv'.*missing"),
        (lambda p: p.graph.node[0].ClearField("output"), "'conv'.*has no output"),
        (lambda p: p.graph.ClearField("node"), "no operators"),
        (lambda p: p.graph.input[0].type.tensor_type.ClearField("shape"), "'x' has no size"),
    ],
)
def test_contradictions_name_the_node(
    read: Callable[..., Network], change: Callable[[Any], object], message: str
) -> None:
    """A graph that is circular, cut or contradicts itself is refused with file and node."""
    proto = small()
    change(proto)
    with pytest.raises(NetworkError, match=message) as caught:
        read(proto)
    assert "net.onnx" in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"\x00" * 100, b"not onnx", b"name: 'net'\n" * 20, b"\x08"])
def test_files_that_are_no_onnx_are_refused(read: Callable[..., Network], data: bytes) -> None:
    """Empty, textual and cut files are refused."""
    with pytest.raises(NetworkError, match=r"net\.onnx: "):
        read(data)


def test_a_truncated_file_is_refused(read: Callable[..., Network]) -> None:
    """A model that ends early never reads as a smaller network."""
    data = small().SerializeToString()
    whole = read(data)
    for end in range(len(data)):
        try:
            network = read(data[:end])
        except NetworkError:
            continue
        assert network.layers == whole.layers


def test_the_light_models_of_onnx_are_read(registry: Registry) -> None:
    """Each of the models that come with onnx is read in full, with nothing left uncosted."""
    # VGG-19 and ResNet-50 v1.5 by their published sizes.
    known = {"light_vgg19": 19_632_062_464, "light_resnet50": 4_089_184_256}
    paths = sorted(LIGHT.glob("*.onnx"))
    assert len(paths) >= 9
    for path in paths:
        network = read_network(path, reader_for(path, registry.readers), ReadOptions())
        assert network.uncosted == {}
        assert network.total_macs == known.get(path.stem, network.total_macs) > 1e8
    resnet = read_network(LIGHT / "light_resnet50.onnx", OnnxReader(), ReadOptions())
    assert sum(layer.residual_add for layer in resnet.layers) == 16


def test_without_onnx_the_error_says_what_to_install(
    read: Callable[..., Network], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra that is missing is named as it is to be typed."""
    import sys

    proto = small().SerializeToString()
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(NetworkError, match=r"pip install 'fodlam-core\[onnx\]'"):
        read(proto)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_mutated_file_never_crashes(
    data: st.DataObject, check_mutated: Callable[..., None]
) -> None:
    """A file with some bytes changed is read, or refused with an error that names it."""
    content = small().SerializeToString()
    check_mutated(data, OnnxReader(), "mutated.onnx", content, regions=2)


NODE = st.tuples(
    st.sampled_from(
        sorted(
            words("""
                Conv ConvTranspose MatMul Gemm Add Relu Flatten MaxRoiPool Einsum Reshape Transpose
            LSTM Concat If""")
        )
    ),
    st.lists(st.sampled_from(["x", "w", "v", "a", "b", "c", ""]), max_size=3),
    st.lists(st.sampled_from(["a", "b", "c", "y"]), max_size=2),
    st.dictionaries(
        st.sampled_from(["group", "strides", "pads", "dilations", "kernel_shape", "axis"]),
        st.one_of(st.integers(-3, 4), st.lists(st.integers(-3, 4), min_size=1, max_size=4)),
        max_size=3,
    ),
)


@settings(max_examples=150, deadline=None)
@given(
    nodes=st.lists(NODE, min_size=1, max_size=6),
    size=st.lists(st.integers(0, 9) | st.sampled_from(["N", 2**39, 2**40]), max_size=4),
)
@example(  # a convolution whose result goes nowhere
    nodes=[
        ("Conv", ["c", "v"], ["b", "a"], {"kernel_shape": [0, 1, 1]}),
        ("Flatten", ["b"], ["c"], {}),
        ("ConvTranspose", ["b", "w"], [], {}),
        ("Flatten", ["v"], ["c"], {}),
        ("Relu", ["c"], ["b", "c"], {}),
    ],
    size=[7, 5, 5],
)
def test_any_graph_gives_a_network_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, nodes: list[Any], size: list[Any]
) -> None:
    """Operators that are joined at random, in circles too, give a network or a clear error."""
    protos = [helper.make_node(op, ins, outs, **rest) for op, ins, outs, rest in nodes]
    proto = model(protos, {"x": size}, {"w": (4, 3, 3, 3), "v": (8, 8)})
    path = tmp_path_factory.mktemp("onnx") / "net.onnx"
    path.write_bytes(proto.SerializeToString())
    try:
        network = read_network(path, OnnxReader(), ReadOptions(regions=3))
    except FodlamError as error:
        message = str(error)
    else:
        message = network.source
    assert "net.onnx" in message
