"""Which layers are measured: every distinct shape once."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.measure.layer_models import can_build
from fodlam_core.model.layers import Layer, Network
from fodlam_core.model.shapes import ConvShape, FcShape, MatmulShape, Shape
from fodlam_core.networks.zoo import zoo_network

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

QUICK = ("MobileNetV2", "SqueezeNet-1.1", "AlexNet", "ResNet-18", "BERT-base-128")
NORMAL = (*QUICK, "GoogLeNet", "MobileNetV1", "ResNet-50-v1.5", "SqueezeNet-1.0")
THOROUGH = (*NORMAL, "VGG_CNN_M", "ResNet-50-v1", "ResNet-101", "VGG16", "VGG19")


class Effort(NamedTuple):
    """How long is measured.

    Attributes:
        seconds: for each operating point and batch.
        passes: over all layers.
        most_passes: with those over layers that are still spread, or were disturbed.
        runs: of a layer in a pass, where they agree.
        most_macs: of a layer in a default network; larger ones are left to the prediction.
        most_weights: likewise; of 20 million the runtime needs half a gigabyte while it reads them.
        networks: whose layers are measured by default.
    """

    seconds: float
    passes: int
    most_passes: int
    runs: int
    most_macs: int
    most_weights: int
    networks: tuple[str, ...]


EFFORTS: Mapping[str, Effort] = MappingProxyType(
    {
        "quick": Effort(
            seconds=18.0,
            passes=1,
            most_passes=3,
            runs=5,
            most_macs=250_000_000,
            most_weights=20_000_000,
            networks=QUICK,
        ),
        "normal": Effort(
            seconds=60.0,
            passes=2,
            most_passes=8,
            runs=5,
            most_macs=500_000_000,
            most_weights=20_000_000,
            networks=NORMAL,
        ),
        "thorough": Effort(
            seconds=300.0,
            passes=4,
            most_passes=16,
            runs=7,
            most_macs=10**12,
            most_weights=10**9,
            networks=THOROUGH,
        ),
    }
)


# Size of the map, channels and groups of the 3x3 convolutions of each stage, and at a stride of 2
# kernel and stride: Xie et al., "Aggregated Residual Transformations for Deep Neural Networks",
# CVPR 2017, Table 1; Radosavovic et al., "Designing Network Design Spaces", CVPR 2020, and its
# models of regular widths.
GROUPED: Mapping[str, tuple[tuple[int, ...], ...]] = MappingProxyType(
    {
        "ResNeXt-50-32x4d": (
            *((56, 128, 32), (28, 256, 32), (14, 512, 32), (7, 1024, 32)),
            *((56, 256, 32, 3, 2), (28, 512, 32, 3, 2)),
        ),
        "ResNeXt-101-32x8d": ((56, 256, 32), (28, 512, 32), (14, 1024, 32), (7, 2048, 32)),
        "RegNetX-200MF": (
            *((56, 24, 3), (28, 56, 7), (14, 152, 19), (7, 368, 46)),
            *((56, 56, 7, 3, 2), (28, 152, 19, 3, 2)),
        ),
        "RegNetX-400MF": (
            *((56, 32, 2), (28, 64, 4), (14, 160, 10), (7, 400, 25)),
            *((56, 64, 4, 3, 2), (14, 400, 25, 3, 2)),
        ),
        "RegNetX-1.6GF": (
            *((56, 72, 3), (28, 168, 7), (14, 408, 17), (7, 912, 38)),
            *((56, 168, 7, 3, 2), (28, 408, 17, 3, 2)),
        ),
    }
)
# Size of the map, channels, kernel and stride: Tan and Le, "EfficientNet", ICML 2019, Table 1;
# Howard et al., "Searching for MobileNetV3", ICCV 2019, Table 1; Ma et al., "ShuffleNet V2", ECCV
# 2018, Table 5, whose widths are 1x and 2x; Liu et al., "A ConvNet for the 2020s", CVPR 2022;
# Trockman and Kolter, "Patches Are All You Need?", TMLR 2023, Table 1, at patches of 7.
DEPTHWISE: Mapping[str, tuple[tuple[int, ...], ...]] = MappingProxyType(
    {
        "EfficientNet-B0": (
            *((112, 96, 3, 2), (56, 144, 3), (56, 144, 5, 2), (28, 240, 5), (28, 240, 3, 2)),
            *((14, 480, 3), (14, 480, 5), (14, 672, 5, 2), (7, 1152, 5), (7, 1152, 3)),
        ),
        "MobileNetV3-Large": (
            *((112, 16, 3), (112, 64, 3, 2), (56, 72, 3), (56, 72, 5, 2), (28, 120, 5)),
            *((28, 240, 3, 2), (14, 184, 3), (14, 672, 5, 2), (7, 960, 5)),
        ),
        "ShuffleNetV2-2x": ((28, 122, 3), (14, 244, 3), (7, 488, 3)),
        "ConvMixer-768": ((32, 768, 7),),
        "ShuffleNetV2": ((56, 24, 3, 2), (28, 58, 3), (28, 116, 3, 2), (14, 116, 3), (7, 232, 3)),
        "ConvNeXt-T": ((56, 96, 7), (28, 192, 7), (14, 384, 7), (7, 768, 7)),
    }
)
# Size of the map, channels, filters and kernel: Szegedy et al., "Rethinking the Inception
# Architecture for Computer Vision", CVPR 2016, Figures 5 to 7.
DENSE: Mapping[str, tuple[tuple[int, int, int, tuple[int, int]], ...]] = MappingProxyType(
    {
        "Inception-v3": (
            *((35, 48, 64, (5, 5)), (17, 128, 128, (1, 7)), (17, 128, 128, (7, 1))),
            *((17, 160, 192, (1, 7)), (17, 192, 192, (7, 1)), (8, 384, 384, (1, 3))),
            *((8, 384, 384, (3, 1)), (8, 448, 384, (3, 3))),
        )
    }
)
# Rows, columns, heads (times windows or inferences) and width of a head.
ATTENTION: Mapping[str, tuple[tuple[int, ...], ...]] = MappingProxyType(
    {
        "attention-short": ((32, 32, 12), (64, 256, 8)),
        "ViT-B/16": ((197, 197, 12),),
        "ViT-Ti/16": ((197, 197, 3),),
        "Swin-T": ((49, 49, 192, 32), (49, 49, 96, 32), (49, 49, 24, 32)),
        "SD-attention": ((256, 77, 8, 80), (64, 77, 8, 160)),
        "BERT-base-384": ((384, 384, 12),),
        "BERT-large-256": ((256, 256, 16),),
    }
)


class Item(NamedTuple):
    """A shape to be measured.

    Attributes:
        shape: the shape.
        uses: the layers that have it, each with the name of its network; the first stands for it
            where predictors are fitted.
    """

    shape: Shape
    uses: tuple[tuple[str, Layer], ...]


def default_networks(effort: Effort) -> list[Network]:
    """Return the networks of an effort, and the shapes that they lack."""
    networks = []
    for name in effort.networks:
        network = zoo_network(name)
        layers = [
            layer
            for layer in network.layers
            if layer.macs <= effort.most_macs and (layer.weights or 0) <= effort.most_weights
        ]
        networks.append(Network(name, layers))
    return [*networks, *_others(effort)]


def _others(effort: Effort) -> Iterable[Network]:
    """Give shapes that the networks above lack, each form in several networks.

    So a network can be left out of a fit without leaving out a form, or a size of its kernels.
    """
    few = effort.seconds < EFFORTS["normal"].seconds
    for name, grouped in GROUPED.items():
        yield Network(name, [_sparse("grouped", *each) for each in grouped])
    for name, dense in ({} if few else DENSE).items():
        yield Network(name, [_dense(*each) for each in dense])
    for name, depthwise in DEPTHWISE.items():
        layers = [_sparse("depthwise", size, deep, deep, *how) for size, deep, *how in depthwise]
        yield Network(name, layers)
    for name, attention in ATTENTION.items():
        yield Network(name, [layer for each in attention for layer in _attention(*each)])
    for rows in (1, 32, 128) if few else (1, 8, 32, 64, 128):
        yield Network(f"fc-{rows}", list(_fully_connected(rows, effort.most_macs)))


def _dense(size: int, channels: int, filters: int, kernel: tuple[int, int]) -> Layer:
    padding = kernel[0] // 2, kernel[1] // 2
    shape = ConvShape.from_input((channels, size, size), filters, kernel, padding=padding)
    return Layer.from_shape(f"dense-{size}-{channels}-{filters}-{kernel[0]}x{kernel[1]}", shape)


def _sparse(
    what: str, size: int, channels: int, groups: int, kernel: int = 3, stride: int = 1
) -> Layer:
    shape = ConvShape.from_input(
        (channels, size, size), channels, kernel, stride, kernel // 2, groups=groups
    )
    name = f"{what}-{size}-{channels}-{kernel}x{kernel}" + ("s2" if stride > 1 else "")
    return Layer.from_shape(name, shape)


def _attention(rows: int, columns: int, count: int, head: int = 64) -> Iterable[Layer]:
    """Give the scores and the context of attention."""
    for m, k, n in ((rows, head, columns), (rows, columns, head)):
        yield Layer.from_shape(
            f"matmul-{m}-{k}-{n}-x{count}", MatmulShape(m=m, k=k, n=n, count=count)
        )


def _fully_connected(rows: int, most_macs: int) -> Iterable[Layer]:
    """Give weights on both sides of the caches."""
    for inputs, outputs in ((256, 256), (512, 1000), (1024, 1024), (2048, 2048), (4096, 4096)):
        shape = FcShape(inputs, outputs, rows)
        if shape.macs <= most_macs:
            yield Layer.from_shape(f"fc-{inputs}-{outputs}-{rows}", shape)


def items(networks: Iterable[Network]) -> tuple[list[Item], list[str]]:
    """Return every shape of networks once, and which layers cannot be measured."""
    uses: dict[Shape, list[tuple[str, Layer]]] = {}
    refused = []
    for network in networks:
        for layer in network.layers:
            if layer.shape is not None and can_build(layer.shape):
                uses.setdefault(layer.shape, []).append((network.name, layer))
            else:
                what = "has no shape" if layer.shape is None else "is of a kind that is not run"
                refused.append(f"{network.name} {layer.name}: {what}")
    return [Item(shape, tuple(found)) for shape, found in uses.items()], refused
