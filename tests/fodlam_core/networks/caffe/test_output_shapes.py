"""Tests of the shapes that Caffe's layers make, seen through a 1x1 convolution after them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core.errors import NetworkError
from fodlam_core.model.shapes import ConvShape, FcShape
from fodlam_core.networks.caffe import CaffeReader
from fodlam_core.networks.reader import ReadOptions

INPUT = 'input: "a" input_shape { dim: 2 dim: 6 dim: 13 dim: 10 }\n'
OTHER = 'input: "b" input_shape { dim: 2 dim: 4 dim: 7 dim: 5 }\n'
CONV = (
    'layer { name: "c" type: "Convolution" bottom: "t" top: "c" '
    "convolution_param { num_output: 1 kernel_size: 1 } }"
)
FC = (
    'layer { name: "c" type: "InnerProduct" bottom: "t" top: "c" '
    "inner_product_param { num_output: 1 } }"
)


@pytest.fixture(autouse=True)
def _protobuf() -> None:
    pytest.importorskip("google.protobuf")


def last_shape(tmp_path: Path, layer: str, probe: str) -> ConvShape | FcShape:
    """Return the shape of the layer that reads ``t``, which the given layer makes."""
    path = tmp_path / "net.prototxt"
    path.write_text(INPUT + OTHER + layer + probe)
    shape = CaffeReader().read(path, ReadOptions(regions=3)).layers[-1].shape
    assert isinstance(shape, ConvShape | FcShape)
    return shape


def layer(type_: str, params: str, bottoms: str = 'bottom: "a"') -> str:
    """Return a layer that makes ``t``."""
    return f'layer {{ name: "x" type: "{type_}" {bottoms} top: "t" {params} }}\n'


BOTH = 'bottom: "a" bottom: "b"'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # ceil((13 - 3) / 2) + 1 = 6, ceil((10 - 3) / 2) + 1 = 5: pooling rounds up
        (layer("Pooling", "pooling_param { kernel_size: 3 stride: 2 }"), (6, 6, 5)),
        (
            layer("Pooling", "pooling_param { kernel_size: 3 stride: 2 round_mode: FLOOR }"),
            (6, 6, 4),
        ),
        (
            layer("Pooling", "pooling_param { kernel_size: 3 stride: 2 ceil_mode: false }"),
            (6, 6, 4),
        ),
        # 13 + 2 - 2 = 13, / 2 -> 7 + 1 = 8; its last window would start at 14 = 13 + 1: dropped
        (layer("Pooling", "pooling_param { kernel_size: 2 stride: 2 pad: 1 }"), (6, 7, 6)),
        (
            layer("Pooling", "pooling_param { kernel_h: 3 kernel_w: 1 stride_h: 5 stride_w: 1 }"),
            (6, 3, 10),
        ),
        (layer("Pooling", "pooling_param { global_pooling: true }"), (6, 1, 1)),
        (layer("Concat", "", 'bottom: "a" bottom: "a"'), (12, 13, 10)),
        (layer("Concat", "concat_param { axis: 2 }", 'bottom: "a" bottom: "a"'), (6, 26, 10)),
        (layer("Concat", "concat_param { concat_dim: 3 }", 'bottom: "a" bottom: "a"'), (6, 13, 20)),
        (layer("Concat", "concat_param { axis: -1 }", 'bottom: "a" bottom: "a"'), (6, 13, 20)),
        (layer("Crop", "crop_param { offset: 1 }", BOTH), (6, 7, 5)),
        (layer("Crop", "crop_param { axis: 1 }", BOTH), (4, 7, 5)),
        (layer("Reshape", "reshape_param { shape { dim: 0 dim: 3 dim: -1 dim: 0 } }"), (3, 26, 10)),
        (
            layer("Reshape", "reshape_param { shape { dim: 6 } axis: 1 num_axes: 1 }"),
            (6, 13, 10),
        ),
        (
            layer("Reshape", "reshape_param { shape { dim: -1 dim: 5 } axis: 2 num_axes: 2 }"),
            (6, 26, 5),
        ),
        (layer("Permute", "permute_param { order: 0 order: 3 order: 1 order: 2 }"), (10, 6, 13)),
        (layer("Tile", "tile_param { tiles: 3 }"), (18, 13, 10)),
        (layer("Upsample", "upsample_param { scale: 3 }"), (6, 39, 30)),
        (layer("Interp", "interp_param { zoom_factor: 2 }"), (6, 25, 19)),
        (layer("Interp", "interp_param { shrink_factor: 2 pad_end: -1 }"), (6, 6, 5)),
        (layer("Interp", "interp_param { height: 5 width: 4 }"), (6, 5, 4)),
        (layer("Interp", "", BOTH), (6, 7, 5)),
        (layer("Im2col", "convolution_param { kernel_size: 3 }"), (54, 11, 8)),
        (layer("ROIAlign", "roi_align_param { pooled_h: 7 pooled_w: 4 }", BOTH), (6, 7, 4)),
        (layer("PSROIPooling", "psroi_pooling_param { output_dim: 5 group_size: 3 }", BOTH),
         (5, 3, 3)),
        (layer("LRN", "lrn_param { local_size: 5 }"), (6, 13, 10)),
        (layer("Reverse", "reverse_param { axis: 0 }"), (6, 13, 10)),
        # factors, then two feature maps of one shape, of which the sum is made
        (layer("Axpy", "", 'bottom: "b" bottom: "a" bottom: "a"'), (6, 13, 10)),
    ],
)  # fmt: skip
def test_feature_maps(tmp_path: Path, text: str, expected: tuple[int, int, int]) -> None:
    """Channels, height and width of what a layer makes are those of Caffe."""
    shape = last_shape(tmp_path, text, CONV)
    assert isinstance(shape, ConvShape)
    assert (shape.in_channels, shape.in_height, shape.in_width) == expected


@pytest.mark.parametrize(
    ("text", "inputs", "rows"),
    [
        (layer("Flatten", ""), 780, 1),
        (layer("Flatten", "flatten_param { axis: 2 end_axis: 3 }"), 780, 1),
        (layer("SPP", "spp_param { pyramid_height: 3 }"), 6 * 21, 1),
        (layer("ArgMax", "argmax_param { axis: 1 }"), 130, 1),
        (layer("Reshape", "reshape_param { shape { dim: -1 dim: 6 } }"), 6, 130),
        (layer("Reduction", "reduction_param { axis: 2 }"), 6, 1),
    ],
)
def test_vectors(tmp_path: Path, text: str, inputs: int, rows: int) -> None:
    """A layer that ends feature maps gives a fully-connected layer its inputs and rows."""
    assert last_shape(tmp_path, text, FC) == FcShape(inputs, 1, rows)


def test_inner_product_along_its_axis(tmp_path: Path) -> None:
    """With ``axis: 3`` all before the last axis are rows, of which the batch is divided out."""
    probe = FC.replace('"t"', '"a"').replace("num_output: 1", "num_output: 7 axis: 3")
    assert last_shape(tmp_path, "", probe) == FcShape(10, 7, rows=6 * 13)
    probe = probe.replace("axis: 3", "axis: -1")
    assert last_shape(tmp_path, "", probe) == FcShape(10, 7, rows=6 * 13)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ("num_output: 9 kernel_size: 3", ConvShape(6, 13, 10, 9, 11, 8, (3, 3))),
        (
            "num_output: 6 kernel_size: 3 stride: 2 group: 3",
            ConvShape(6, 13, 10, 6, 6, 4, (3, 3), (2, 2), groups=3),
        ),
        (
            "num_output: 9 kernel_size: 5 kernel_size: 3 pad: 2 pad: 1",
            ConvShape(6, 13, 10, 9, 13, 10, (5, 3), padding=(2, 1, 2, 1)),
        ),
        (
            "num_output: 9 kernel_h: 1 kernel_w: 3 pad_h: 0 pad_w: 1 stride_h: 2 stride_w: 1",
            ConvShape(6, 13, 10, 9, 7, 10, (1, 3), (2, 1), (0, 1, 0, 1)),
        ),
        (
            "num_output: 9 kernel_size: 3 dilation: 2 pad: 2",
            ConvShape(6, 13, 10, 9, 13, 10, (3, 3), (1, 1), (2, 2, 2, 2), (2, 2)),
        ),
        (
            "num_output: 9 kernel_size: 3 hole: 2 pad: 2",
            ConvShape(6, 13, 10, 9, 13, 10, (3, 3), (1, 1), (2, 2, 2, 2), (2, 2)),
        ),
        (
            "num_output: 9 kernel_size: 3 hole_h: 3",
            ConvShape(6, 13, 10, 9, 7, 8, (3, 3), dilation=(3, 1)),
        ),
    ],
)
def test_convolutions(tmp_path: Path, params: str, expected: ConvShape) -> None:
    """Convolutions round down; settings may be repeated or given per axis."""
    text = layer("Convolution", f"convolution_param {{ {params} }}")
    assert last_shape(tmp_path, text, "") == expected


def test_depthwise_convolution_of_its_own_type(tmp_path: Path) -> None:
    """The forks' depthwise layers have as many groups as channels."""
    text = layer("DepthwiseConvolution", "convolution_param { num_output: 6 kernel_size: 3 }")
    shape = last_shape(tmp_path, text, "")
    assert shape == ConvShape(6, 13, 10, 6, 11, 8, (3, 3), groups=6)
    assert shape.macs == 6 * 11 * 8 * 9


def test_deconvolution_counts_input_pixels(tmp_path: Path) -> None:
    """A deconvolution makes stride x (n - 1) + kernel - 2 pad pixels, and costs by its input."""
    text = layer(
        "Deconvolution", "convolution_param { num_output: 5 kernel_size: 4 stride: 2 pad: 1 }"
    )
    shape = last_shape(tmp_path, text, "")
    assert isinstance(shape, ConvShape)
    assert (shape.out_height, shape.out_width) == (26, 20)
    assert shape.macs == 6 * 5 * 16 * 13 * 10


@pytest.mark.parametrize(
    ("params", "sizes"),
    [
        ("", [3, 3]),
        ("slice_param { slice_point: 1 slice_point: 3 }", [1, 2, 3]),
        ("slice_param { slice_dim: 1 slice_point: 2 }", [2, 4]),
    ],
)
def test_slices(tmp_path: Path, params: str, sizes: list[int]) -> None:
    """A slice cuts channels evenly, or at the points it names."""
    names = [f"s{index}" for index in range(len(sizes))]
    tops = " ".join(f'top: "{name}"' for name in names)
    text = f'layer {{ name: "x" type: "Slice" bottom: "a" {tops} {params} }}\n'
    text += "".join(CONV.replace('"t"', f'"{name}"').replace('"c"', f'"c{name}"') for name in names)
    path = tmp_path / "net.prototxt"
    path.write_text(INPUT + text)
    found = [layer.shape for layer in CaffeReader().read(path, ReadOptions()).layers]
    assert [shape.in_channels for shape in found if isinstance(shape, ConvShape)] == sizes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (layer("Concat", "", BOTH), "cannot join 2x6x13x10 and 2x4x7x5 along axis 1"),
        (layer("Axpy", "", 'bottom: "b" bottom: "a" bottom: "b"'), "two inputs of one shape"),
        (layer("Axpy", "", BOTH), "two inputs of one shape"),
        (layer("Eltwise", "", BOTH), "differ in shape: 2x6x13x10 and 2x4x7x5"),
        (layer("Reshape", "reshape_param { shape { dim: 7 dim: -1 } }"), "cannot make 2x6x13x10"),
        (layer("Reshape", "reshape_param { shape { dim: -1 dim: -1 } }"), "does not fit"),
        (layer("Reshape", "reshape_param { axis: 9 }"), "do not fit"),
        (layer("Flatten", "flatten_param { axis: 7 }"), "axis 7: the input has 4 axes"),
        (layer("Permute", "permute_param { order: 9 }"), "order"),
        (layer("Slice", "slice_param { slice_point: 9 }"), "slice points"),
        (layer("Pooling", "pooling_param { kernel_size: 99 }"), "a window of 99 does not fit"),
        (layer("Pooling", "pooling_param { stride: 2 }"), "kernel_size is missing"),
        (layer("SPP", "spp_param { pyramid_height: 99 }"), "expected 1 to 20"),
        (layer("Tile", "tile_param { tiles: 2147483647 }") * 2, "absurdly large|tiles|expected"),
    ],
)
def test_contradictions_are_refused(tmp_path: Path, text: str, message: str) -> None:
    """What Caffe would refuse is refused with the layer and the sizes."""
    if text.count("Tile") > 1:
        text = text.replace('bottom: "a"', 'bottom: "t"').replace('bottom: "t"', 'bottom: "a"', 1)
    with pytest.raises(NetworkError, match=message) as caught:
        last_shape(tmp_path, text, CONV)
    assert "layer 'x'" in str(caught.value)


@pytest.mark.parametrize(("type_", "macs"), [("LSTM", 4 * 5 * (7 + 5)), ("RNN", 5 * 7 + 2 * 5 * 5)])
def test_recurrent_layers_multiply_input_and_state(tmp_path: Path, type_: str, macs: int) -> None:
    """A recurrent layer costs its gates for each step of a sequence, and hands its units on."""
    path = tmp_path / "net.prototxt"
    path.write_text(
        'input: "t" input_shape { dim: 6 dim: 2 dim: 7 }\n'
        'input: "cont" input_shape { dim: 6 dim: 2 }\n'
        f'layer {{ name: "r" type: "{type_}" bottom: "t" bottom: "cont" top: "t" '
        "recurrent_param { num_output: 5 } }\n" + FC.replace("output: 1", "output: 2 axis: 2")
    )
    network = CaffeReader().read(path, ReadOptions())
    assert [layer.name for layer in network.layers] == ["r/input", "r/state", "c"]
    assert sum(layer.macs for layer in network.layers[:2]) == 6 * macs
    assert network.layers[2].shape == FcShape(5, 2, rows=6)
