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
        "quick": Effort(18.0, 1, 3, 5, 250_000_000, 20_000_000, QUICK),
        "normal": Effort(60.0, 2, 8, 5, 500_000_000, 20_000_000, NORMAL),
        "thorough": Effort(300.0, 4, 16, 7, 10**12, 10**9, THOROUGH),
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
    """Give shapes that the networks above lack, each form in two networks or more.

    So a network can be left out of a fit without leaving out a form.

    Grouped convolutions are those of ResNeXt-50 (32x4d; Xie et al., "Aggregated Residual
    Transformations for Deep Neural Networks", CVPR 2017, Table 1) and of RegNetX-400MF
    (Radosavovic et al., "Designing Network Design Spaces", CVPR 2020, in widths that 16 divides).
    """
    grouped = {
        "ResNeXt-50": ((56, 128, 32), (28, 256, 32), (14, 512, 32), (7, 1024, 32)),
        "RegNetX-400MF": ((56, 32, 2), (28, 64, 4), (14, 160, 10), (7, 400, 25)),
    }
    for name, sizes in grouped.items():
        yield Network(name, [_grouped(*each) for each in sizes])
    products = {
        "attention-short": ((32, 32, 12), (64, 256, 8)),
        "ViT-B/16": ((197, 197, 12),),
        "BERT-base-384": ((384, 384, 12),),
    }
    for name, attention in products.items():
        yield Network(name, [layer for each in attention for layer in _attention(*each)])
    for rows in (1, 32, 128):
        yield Network(f"fc-{rows}", list(_fully_connected(rows, effort.most_macs)))


def _grouped(size: int, channels: int, groups: int) -> Layer:
    shape = ConvShape.from_input((channels, size, size), channels, 3, padding=1, groups=groups)
    return Layer.from_shape(f"grouped-{size}", shape)


def _attention(rows: int, columns: int, count: int) -> Iterable[Layer]:
    """Give the scores and the context of attention with heads of 64."""
    for m, k, n in ((rows, 64, columns), (rows, columns, 64)):
        yield Layer.from_shape(f"matmul-{m}-{k}-{n}", MatmulShape(m, k, n, count))


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
