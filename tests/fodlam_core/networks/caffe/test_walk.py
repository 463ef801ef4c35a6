"""Tests of the Caffe reader as a whole: generations, input styles, phases, batches, regions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodlam_core.errors import FodlamError, NetworkError
from fodlam_core.model.converters import words
from fodlam_core.model.layers import Network
from fodlam_core.model.shapes import ConvShape, FcShape
from fodlam_core.networks.caffe import CaffeReader
from fodlam_core.networks.files import read_network, reader_for
from fodlam_core.networks.reader import ReadOptions
from fodlam_core.plugins.registry import Registry

FILES = Path(__file__).parent / "files"
# conv 8x3x3x3 over 16x16, pad 1: 16*16*8*27; pooling rounds 16 to 8; fc 512 -> 10.
CONV_MACS, FC_MACS = 55296, 5120

CURRENT = (FILES / "current.prototxt").read_text(encoding="utf-8")
V1 = (FILES / "v1.prototxt").read_text(encoding="utf-8")
V0 = (FILES / "v0.prototxt").read_text(encoding="utf-8")
REGIONS = (FILES / "regions.prototxt").read_text(encoding="utf-8")
ARCHIVE = b"PK\x03\x04 an archive of PyTorch"


def read(tmp_path: Path, text: str | bytes, **options: object) -> Network:
    """Read a prototxt from its text."""
    path = tmp_path / "net.prototxt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_network(path, CaffeReader(), ReadOptions(**options))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _protobuf() -> None:
    pytest.importorskip("google.protobuf")


@pytest.mark.parametrize("text", [CURRENT, V1, V0], ids=["current", "V1", "V0"])
def test_every_generation_gives_the_same_layers(tmp_path: Path, text: str) -> None:
    """A network reads the same in each of the three generations of the format."""
    network = read(tmp_path, text)
    assert network.name == "small"
    assert [(layer.name, layer.kind, layer.macs) for layer in network.layers] == [
        ("conv", "conv", CONV_MACS),
        ("fc", "fc", FC_MACS),
    ]
    assert network.skipped["Pooling"] == network.skipped["Softmax"] == 1
    assert network.uncosted == {}


def test_shapes_are_those_of_one_inference(tmp_path: Path) -> None:
    """The batch of the file is divided out, and shapes hold no batch."""
    conv, fc = read(tmp_path, CURRENT).layers
    assert conv.shape == ConvShape.from_input((3, 16, 16), 8, 3, padding=1)
    assert fc.shape == FcShape(512, 10)
    assert conv.repeat == fc.repeat == 1


@pytest.mark.parametrize(
    "head",
    [
        'input: "data" input_dim: 4 input_dim: 3 input_dim: 16 input_dim: 16',
        'input: "data" input_shape { dim: 4 dim: 3 dim: 16 dim: 16 }',
        'input: "data" input_shape { dim: [4, 3, 16, 16] }',
        (
            'layer { name: "d" type: "MemoryData" top: "data" top: "label" memory_data_param '
            "{ batch_size: 4 channels: 3 height: 16 width: 16 } }"
        ),
        (
            'layer { name: "d" type: "DummyData" top: "data" dummy_data_param '
            "{ num: 4 channels: 3 height: 16 width: 16 } }"
        ),
        (
            'layer { name: "d" type: "DummyData" top: "data" dummy_data_param '
            "{ shape { dim: 4 dim: 3 dim: 16 dim: 16 } } }"
        ),
    ],
)
def test_every_style_of_input_is_read(tmp_path: Path, head: str) -> None:
    """Inputs may be declared at the top or by a layer, in any of Caffe's ways."""
    body = CURRENT.split("\n", 3)[3]
    assert read(tmp_path, head + "\n" + body).total_macs == CONV_MACS + FC_MACS


def test_a_database_tells_no_channels(tmp_path: Path) -> None:
    """A data layer with a crop asks for the channels with the line to write, and takes them."""
    data = (
        'layer { name: "d" type: "Data" top: "data" top: "label" '
        "transform_param { crop_size: 16 } data_param { batch_size: 4 } }\n"
    )
    text = data + CURRENT.split("\n", 3)[3]
    with pytest.raises(NetworkError, match=r"net.prototxt:2: .*input = \[3, 16, 16\]"):
        read(tmp_path, text)
    assert read(tmp_path, text, input=(3, 16, 16)).total_macs == CONV_MACS + FC_MACS


def test_the_input_can_be_overridden(tmp_path: Path) -> None:
    """A larger input has more MACs in convolutions, and more inputs of the first fc layer."""
    network = read(tmp_path, CURRENT, input=(3, 32, 32))
    assert [layer.macs for layer in network.layers] == [4 * CONV_MACS, 4 * FC_MACS]


def test_an_override_must_fit_the_declared_input(tmp_path: Path) -> None:
    """An override with the batch in it is refused, and the message shows what is expected."""
    with pytest.raises(NetworkError, match=r"takes 3 numbers.*input = \[3, 16, 16\]"):
        read(tmp_path, CURRENT, input=(1, 3, 16, 16))


def test_an_input_without_size_is_asked_for(tmp_path: Path) -> None:
    """A size of zero in the file is not a size: the line to write is shown."""
    with pytest.raises(NetworkError, match=r"1x3x\?x\?.*\[network\] input = \[3, 224, 224\]"):
        read(tmp_path, V1.replace("16", "0").replace("input_dim: 4", "input_dim: 1"))


def test_training_layers_are_left_out(tmp_path: Path) -> None:
    """Of a file for training and testing only the test phase is costed."""
    extra = """
    layer { name: "aux" type: "InnerProduct" bottom: "pool" top: "aux" include { phase: TRAIN }
      inner_product_param { num_output: 1000 } }
    layer { name: "aux2" type: "InnerProduct" bottom: "pool" top: "aux2" exclude { phase: TEST }
      inner_product_param { num_output: 1000 } }
    layer { name: "staged" type: "InnerProduct" bottom: "pool" top: "s" include { stage: "val" }
      inner_product_param { num_output: 1000 } }
    layer { name: "last" type: "InnerProduct" bottom: "fc" top: "last" include { phase: TEST }
      inner_product_param { num_output: 2 } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "last" bottom: "label" top: "loss" }
    """
    network = read(tmp_path, CURRENT + extra)
    assert [layer.name for layer in network.layers] == ["conv", "fc", "last"]


def test_regions_are_rows_or_repeat_the_layers_after_the_pool(tmp_path: Path) -> None:
    """After ROI pooling regions are rows of a product, and a convolution runs for each."""
    network = read(tmp_path, REGIONS, regions=300)
    assert {layer.name: layer.repeat for layer in network.layers} == {
        "conv": 1,
        "score": 1,
        "box": 1,
        "head": 300,
        "fc": 1,
    }
    assert network.layers[3].macs == 4 * 5 * 2 * 3
    assert network.layers[4].shape == FcShape(30, 7, 300)
    assert network.skipped["Python ProposalLayer"] == 1


def test_an_input_that_no_layer_reads_is_told(tmp_path: Path) -> None:
    """A note names it, whichever way inputs are written."""
    layer = """layer { name: "f" type: "InnerProduct" bottom: "data" top: "f"
        inner_product_param { num_output: 2 } }"""
    old = """input: "data" input: "info" input_dim: 1 input_dim: 3 input_dim: 1 input_dim: 1
        input_dim: 1 input_dim: 3 input_dim: 1 input_dim: 1"""
    new = """layer { name: "in" type: "Input" top: "data" top: "info"
        input_param { shape { dim: 1 dim: 3 } } }"""
    for inputs in (old, new):
        network = read(tmp_path, f"{inputs}\n{layer}")
        assert network.total_macs == 6
        assert "input 'info': no layer reads it" in network.notes


def test_regions_have_to_be_told(tmp_path: Path) -> None:
    """A file with layers per region asks for their number, with file and line."""
    with pytest.raises(NetworkError, match=r"net.prototxt:12: layer 'pool'.*regions = 300"):
        read(tmp_path, REGIONS)


def test_additions_mark_the_layer_that_ends_last(tmp_path: Path) -> None:
    """A shortcut marks the layer before it, through normalisation and in-place activations."""
    text = (FILES / "residual.prototxt").read_text(encoding="utf-8")
    network = read(tmp_path, text)
    assert [layer.name for layer in network.layers if layer.residual_add] == ["a", "b"]


def test_an_unknown_layer_is_listed(tmp_path: Path) -> None:
    """A layer of unknown type at the end is listed as one that cannot be costed, with a note."""
    extra = 'layer { name: "x" type: "Mystery" bottom: "fc" top: "x" }'
    network = read(tmp_path, CURRENT + extra)
    assert network.uncosted == {"Mystery": 1}
    assert any("cannot be costed" in note and "1 Mystery" in note for note in network.notes)


def test_an_unknown_layer_before_others_is_an_error(tmp_path: Path) -> None:
    """Where the size behind an unknown layer is needed, the message names both layers."""
    dense = 'layer {{ name: "{1}" type: "InnerProduct" bottom: "{0}" top: "{1}" {2} }}\n'
    params = "inner_product_param { num_output: 2 }"
    extra = 'layer { name: "x" type: "Mystery" bottom: "fc" top: "x" }\n'
    extra += dense.format("x", "y", params) + dense.format("y", "z", params)
    with pytest.raises(NetworkError) as caught:
        read(tmp_path, CURRENT + extra)
    assert len(str(caught.value).splitlines()) == 1
    assert "layer 'y'" in str(caught.value)
    assert "layer 'x' before it is of unknown type 'Mystery'" in str(caught.value)


def test_a_network_of_unknown_layers_alone_is_refused(tmp_path: Path) -> None:
    """Where no layer can be costed there is no total, not one of zero."""
    text = """
        input: "a" input_shape { dim: 1 dim: 4 dim: 9 dim: 9 }
        layer { name: "r" type: "RBMInnerProduct" bottom: "a" top: "r" }
    """
    with pytest.raises(NetworkError, match="no layer of it can be costed: 1 RBMInnerProduct"):
        read(tmp_path, text)


@pytest.mark.parametrize(("color", "channels"), [("", 3), ("is_color: false", 1)])
def test_types_of_forks_are_read_in_the_second_form(
    tmp_path: Path, color: str, channels: int
) -> None:
    """DeepLab's types, which Caffe's list does not have, are read by their names in capitals."""
    text = f"""
        layers {{ name: "data" type: IMAGE_SEG_DATA top: "data" top: "label"
          image_data_param {{ batch_size: 2 {color} }} transform_param {{ crop_size: 8 }} }}
        layers {{ name: "grow" type: INTERP bottom: "data" top: "grow"
          interp_param {{ zoom_factor: 2 }} }}
        layers {{ name: "conv" type: CONVOLUTION bottom: "grow" top: "conv"
          convolution_param {{ num_output: 5 kernel_size: 1 }} }}
        layers {{ name: "right" type: SEG_ACCURACY bottom: "conv" bottom: "label" top: "right" }}
        layers {{ name: "save" type: MAT_WRITE bottom: "conv" }}
    """
    network = read(tmp_path, text)
    assert network.layers[0].shape == ConvShape.from_input((channels, 15, 15), 5, 1)
    assert network.skipped["SegAccuracy"] == network.skipped["MatWrite"] == 1
    assert network.uncosted == {}


def test_ends_of_forks_are_free(tmp_path: Path) -> None:
    """Outputs of detections, and measures of accuracy under any name, cost no MACs."""
    text = CURRENT
    for type_ in ("YoloDetectionOutput", "Yolov3DetectionOutput", "MultiLabelAccuracy"):
        text += f'layer {{ name: "{type_}" type: "{type_}" bottom: "fc" top: "{type_}" }}\n'
    network = read(tmp_path, text)
    assert network.uncosted == {}
    assert network.skipped["MultiLabelAccuracy"] == 1


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    """Two layers of one name, which Caffe allows, are both costed."""
    network = read(tmp_path, CURRENT + CURRENT.splitlines()[10].replace('"fc" type', '"conv" type'))
    assert [layer.name for layer in network.layers] == ["conv", "fc", "conv#2"]
    assert any("have a number: conv#2" in note for note in network.notes)


def test_byte_order_marks_and_line_ends_do_not_matter(tmp_path: Path) -> None:
    """A file from Windows, with comments in another encoding, reads like any other."""
    text = b"\xef\xbb\xbf" + b"# \xc4\xe3\xba\xc3\n" + CURRENT.replace("\n", "\r\n").encode()
    assert read(tmp_path, text) == read(tmp_path, CURRENT)


def test_errors_of_several_layers_are_told_at_once(tmp_path: Path) -> None:
    """Each wrong layer has its own line, with its place in the file."""
    text = CURRENT.replace("num_output: 10", "num_output: 0").replace("num_output: 8", "group: 2")
    text += 'layer { name: "e" type: "Eltwise" bottom: "data" bottom: "nowhere" top: "e" }'
    with pytest.raises(NetworkError) as caught:
        read(tmp_path, text)
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert "net.prototxt:4: layer 'conv': num_output is missing" in lines[0]
    assert "layer 'e': it reads 'nowhere', which no layer before it makes" in lines[1]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kernel_size: 3", "kernal_size: 3", r":7: convolution_param: unknown field 'kernal_size'"),
        ("kernel_size: 3", "kernel_size: -3", r":7: "),
        ("kernel_size: 3", "kernel_size: 99", r"a filter of 99 does not fit into 16"),
        ("kernel_size: 3", "kernel_size: 0", r"must be at least 1"),
        ("kernel_size: 3", "", r"kernel_size is missing"),
        ("kernel_size: 3", "kernel_size: 3 group: 2", r"groups: 2 does not divide"),
        ("kernel_size: 3", "kernel_size: 3 axis: 2", r"axis 2"),
        ("num_output: 8", "num_output: 8 num_output: 9", r":7: "),
        ("dim: 16 dim: 16", "dim: 16", r"expected 4 axes"),
        ("dim: 16 dim: 16", "dim: 4000000000 dim: 9000000000", r"absurdly|at most 1e\+18"),
        ('type: "Convolution"', "", r":4: layer 'conv': no type"),
        ('bottom: "data" top: "conv"', 'bottom: "fc" top: "conv"', r"no layer before it makes"),
        ("}\nlayer { name", "\nlayer { name", r":\d+: "),
        ("num_output: 8", "num_output 8", r":7: "),
        ("num_output: 8", 'num_output: "8"', r":7: "),
    ],
)
def test_mistakes_are_named_with_their_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    """What is wrong with a file is said with the file and the line."""
    assert old in CURRENT
    with pytest.raises(NetworkError, match=message) as caught:
        read(tmp_path, CURRENT.replace(old, new))
    assert str(tmp_path / "net.prototxt") in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no layers"),
        ('net_param { layer { name: "a" type: "ReLU" } }', "a solver with its networks in it"),
        ('net: "train_val.prototxt" base_lr: 0.01', "a solver.*train_val.prototxt"),
        (b"\x0a\x03abc\x00\x01", "a binary file"),
        (V1 + CURRENT.split("\n", 2)[2], "both 'layer' and 'layers'"),
        (V0.replace('type: "conv"', 'type: "konv"'), "unknown layer type 'konv'"),
        (V1.replace("RELU", "RELUX"), "layer 'relu' before it is of unknown type 'Relux'"),
        ('layer { name: "a" type: "ReLU" include { phase: TRAIN } }', "no layer belongs"),
        ("a {" * 5000, "nested too deeply"),
        ('input: "a" input_dim: 3', "expected 4 for each input"),
    ],
)
def test_files_that_are_no_network_are_refused(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    """Empty, binary, foreign and endlessly nested files are refused with the reason."""
    if isinstance(text, str) and text.startswith("input"):
        text += ' layer { name: "r" type: "ReLU" bottom: "a" top: "a" }'
    with pytest.raises(NetworkError, match=message):
        read(tmp_path, text)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    """A prototxt of gigabytes is refused by its size."""
    path = tmp_path / "net.prototxt"
    with path.open("wb") as file:
        file.truncate(3_000_000_000)
    with pytest.raises(NetworkError, match="larger than 8 MB"):
        read_network(path, CaffeReader(), ReadOptions())


def test_the_reader_is_chosen_by_suffix_and_content(tmp_path: Path, registry: Registry) -> None:
    """A prototxt is Caffe's; a ``.pt`` is only if it is not an archive of PyTorch."""
    path = tmp_path / "test.pt"
    path.write_text(CURRENT)
    assert reader_for(path, registry.readers).name == "caffe"
    path.write_bytes(ARCHIVE)
    with pytest.raises(NetworkError, match="PyTorch"):
        reader_for(path, registry.readers)


def test_without_protobuf_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra that is missing is named as it is to be typed."""
    import sys

    monkeypatch.setitem(sys.modules, "google.protobuf.text_format", None)
    with pytest.raises(NetworkError, match=r"pip install 'fodlam-core\[caffe\]'"):
        read(tmp_path, CURRENT)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_mutated_file_never_crashes(
    data: st.DataObject, check_mutated: Callable[..., None]
) -> None:
    """A file with some bytes changed is read, or refused with an error that names it."""
    content = data.draw(st.sampled_from([CURRENT, V0, V1, REGIONS])).encode()
    check_mutated(data, CaffeReader(), "mutated.prototxt", content, regions=2)


LAYER = st.builds(
    lambda type_, bottom, top, number, param: (
        f'layer {{ name: "{top}{number}" type: "{type_}" bottom: "{bottom}" bottom: "a" '
        f'top: "{top}" {param.replace("N", str(number))} }}'
    ),
    st.sampled_from(
        sorted(
            words("""
                Convolution Deconvolution InnerProduct Pooling Concat Eltwise Reshape
                Slice Flatten Crop Tile Permute ArgMax SPP Interp ROIPooling Softmax LSTM
                Upsample Reduction Im2col ConvolutionDepthwise Embed
            """)
        )
    ),
    st.sampled_from("abc"),
    st.sampled_from("abc"),
    st.integers(-2, 9) | st.just(2**31 - 1),
    st.sampled_from(
        [
            "",
            "convolution_param { num_output: N kernel_size: N stride: N pad: 1 dilation: 2 }",
            "inner_product_param { num_output: N axis: N }",
            "pooling_param { kernel_size: N stride: N pad: N }",
            "reshape_param { shape { dim: N dim: -1 dim: 0 } axis: N }",
            "concat_param { axis: N }",
            "slice_param { axis: N slice_point: 1 }",
            "flatten_param { axis: N end_axis: N }",
            "tile_param { tiles: N }",
            "argmax_param { top_k: N axis: N }",
            "spp_param { pyramid_height: N }",
            "permute_param { order: N }",
            "roi_pooling_param { pooled_h: N pooled_w: 1 }",
            "interp_param { height: N width: N zoom_factor: N }",
            "upsample_param { scale: N }",
        ]
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LAYER, min_size=1, max_size=6))
def test_any_graph_gives_a_network_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, layers: list[str]
) -> None:
    """Layers that are joined at random, in circles too, give a network or a clear error."""
    head = 'input: "a" input_shape { dim: 2 dim: 4 dim: 9 dim: 9 }\n'
    folder = tmp_path_factory.mktemp("caffe")
    try:
        network = read(folder, head + "\n".join(layers), regions=3)
    except FodlamError as error:
        message = str(error)
    else:
        message = network.source
    assert "net.prototxt" in message
