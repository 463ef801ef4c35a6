"""The built-in networks against what others have published of them."""

from __future__ import annotations

from itertools import groupby, pairwise

import pytest

from fodlam_core import ConvShape, FodlamError, Network
from fodlam_core.networks.zoo import zoo_names, zoo_network

# MACs in the unit of the source, with the digits it prints; "FLOPs" there are multiply-adds.
RESNET = "He et al., arXiv:1512.03385"
PUBLISHED = {
    "AlexNet": (1e6, "724", "Sze et al., arXiv:1703.09039, Table II (724 M)"),
    "VGG16": (1e9, "15.5", "Sze et al., arXiv:1703.09039, Table II (15.5 G)"),
    "VGG19": (1e9, "19.6", f"{RESNET}, Section 3.3"),
    "ResNet-18": (1e9, "1.8", f"{RESNET}, Table 1"),
    "ResNet-50-v1": (1e9, "3.9", "Sze et al., arXiv:1703.09039, Table II (3.9 G)"),
    "ResNet-50-v1.5": (1e9, "4.09", "torchvision 0.15, ResNet50_Weights, GFLOPS"),
    "ResNet-101": (1e9, "7.6", f"{RESNET}, Table 1"),
    "ResNet-152": (1e9, "11.3", f"{RESNET}, Table 1"),
    "MobileNetV1": (1e6, "569", "Howard et al., arXiv:1704.04861, Table 4"),
    "MobileNetV2": (1e6, "301", "torchvision 0.15, MobileNet_V2_Weights, GFLOPS (0.301)"),
    "Faster-R-CNN-VGG16-600x1000": (1e9, "225.6", "as run: convolutions 600 x 1000, 300 regions"),
    "BERT-base-128": (1e6, "11174", "12 (4 x 128 x 768^2 + 8 x 128 x 768^2 + 2 x 128^2 x 768)"),
}

# Weights and biases.
PARAMETERS = {
    "VGG19": (143_667_240, "torchvision 0.15, num_params"),
    "SqueezeNet-1.0": (1_248_424, "Iandola et al., arXiv:1602.07360, Table 1"),
    "SqueezeNet-1.1": (1_235_496, "torchvision 0.15, num_params"),
}

# Multiply-adds (millions) of each block in Table 1 of Szegedy et al., arXiv:1409.4842, but for
# conv1 and inception 5a, where the numbers of filters do not give those printed beside them.
GOOGLENET = {
    "conv2": 360,
    "inception_3a": 128,
    "inception_3b": 304,
    "inception_4a": 73,
    "inception_4b": 88,
    "inception_4c": 100,
    "inception_4d": 119,
    "inception_4e": 170,
    "inception_5b": 71,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_total_is_the_published_one(name: str) -> None:
    """The MACs of one inference round to the published number."""
    unit, printed, _ = PUBLISHED[name]
    digits = len(printed.partition(".")[2])
    assert f"{zoo_network(name).total_macs / unit:.{digits}f}" == printed


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_the_published_ones(name: str) -> None:
    """Weights and one bias for each output channel are as many as published."""
    shapes = [layer.shape for layer in zoo_network(name).layers]
    count = sum(
        shape.weights + (shape.out_channels if isinstance(shape, ConvShape) else shape.outputs)
        for shape in shapes
        if shape and not hasattr(shape, "count")
    )
    assert count == PARAMETERS[name][0]


@pytest.mark.parametrize("block", GOOGLENET)
def test_blocks_of_googlenet_have_the_published_macs(block: str) -> None:
    """Each block has the multiply-adds of the paper, which cuts some decimals off."""
    layers = [each for each in zoo_network("GoogLeNet").layers if each.name.startswith(block)]
    assert abs(sum(layer.macs for layer in layers) / 1e6 - GOOGLENET[block]) < 1


def test_bert_is_what_tinybert_measured() -> None:
    """BERT-base at 128 tokens needs 22.5 GFLOPs, two for each MAC (Jiao et al., 1909.10351)."""
    assert 2 * zoo_network("BERT-base-128").total_macs == pytest.approx(22.5e9, rel=0.01)


@pytest.mark.parametrize(("name", "gflops"), [("SqueezeNet-1.0", 1.737), ("SqueezeNet-1.1", 0.785)])
def test_squeezenet_is_what_open_model_zoo_says(name: str, gflops: float) -> None:
    """Open Model Zoo (docs.openvino.ai, squeezenet1.x) counts two for a MAC, pooling included."""
    assert 2 * zoo_network(name).total_macs == pytest.approx(gflops * 1e9, rel=0.02)


def test_attention_of_bert_is_of_kind_matmul() -> None:
    """The products of attention are counted, head by head, in one layer each."""
    layers = [each for each in zoo_network("BERT-base-128").layers if each.kind == "matmul"]
    assert len(layers) == 24
    assert {each.macs for each in layers} == {12 * 128 * 64 * 128}


@pytest.mark.parametrize("name", zoo_names())
def test_network_is_complete(name: str) -> None:
    """Every layer has a shape, and the table says its name and where it comes from."""
    network = zoo_network(name)
    assert all(layer.shape for layer in network.layers)
    assert network.name == name == network.measured_as
    assert len(network.source) > 60
    assert not network.uncosted


def _convolutions(network: Network) -> list[ConvShape]:
    return [each.shape for each in network.layers if isinstance(each.shape, ConvShape)]


@pytest.mark.parametrize(
    ("name", "branch", "adds"),
    [
        ("ResNet-18", "branch2b", 8),
        ("ResNet-50-v1", "branch2c", 16),
        ("ResNet-50-v1.5", "branch2c", 16),
        ("ResNet-101", "branch2c", 33),
        ("ResNet-152", "branch2c", 50),
        ("MobileNetV2", "project", 10),
        ("BERT-base-128", "_out", 24),
    ],
)
def test_shortcuts_are_added_at_the_end_of_their_branch(name: str, branch: str, adds: int) -> None:
    """As many layers add a shortcut as the network has, each the last of its branch."""
    marked = [layer.name for layer in zoo_network(name).layers if layer.residual_add]
    assert len(marked) == adds
    assert all(each.endswith(branch) for each in marked)


def test_versions_of_resnet_50_differ_in_where_the_stride_is() -> None:
    """Version 1 strides in a 1 x 1 convolution of the main branch, version 1.5 in the 3 x 3."""
    for name, kernel in (("ResNet-50-v1", (1, 1)), ("ResNet-50-v1.5", (3, 3))):
        strided = [
            each.shape.kernel
            for each in zoo_network(name).layers
            if isinstance(each.shape, ConvShape)
            and "_branch2" in each.name
            and each.shape.stride == (2, 2)
        ]
        assert strided == [kernel] * 3


@pytest.mark.parametrize("name", ["VGG19", "MobileNetV1", "MobileNetV2", "BERT-base-128"])
def test_each_layer_takes_what_the_one_before_gives(name: str) -> None:
    """In a network without branches, channels fit from layer to layer."""
    shapes = _convolutions(zoo_network(name))
    for one, next_one in pairwise(shapes):
        assert one.out_channels == next_one.in_channels


def test_inceptions_take_what_the_one_before_gives() -> None:
    """The branches of an inception together give the channels that the next one takes."""
    blocks = [
        [layer.shape for layer in group]
        for _, group in groupby(
            (each for each in zoo_network("GoogLeNet").layers if "inception" in each.name),
            key=lambda layer: layer.name.split("/")[0],
        )
    ]
    for one, next_one in pairwise(blocks):
        ends = [one[index] for index in (0, 2, 4, 5)]
        given = sum(shape.out_channels for shape in ends if isinstance(shape, ConvShape))
        assert isinstance(next_one[0], ConvShape)
        assert next_one[0].in_channels == given


def test_unknown_network_is_an_error_with_suggestions() -> None:
    """A name with a slip gets the names that were likely meant."""
    with pytest.raises(FodlamError, match=r"did you mean 'ResNet-50-v1"):
        zoo_network("ResNet-50")
