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
EXTRA = "probes"
"""The network of shapes that the others lack: grouped convolutions, weights of every size."""


class Effort(NamedTuple):
    """How long is measured.

    Attributes:
        seconds: for each operating point and batch.
        runs: of a layer, where they agree.
        most_macs: of a layer in a default network; larger ones are left to the prediction.
        most_weights: likewise; of 20 million the runtime needs half a gigabyte while it reads them.
        networks: whose layers are measured by default.
    """

    seconds: float
    runs: int
    most_macs: int
    most_weights: int
    networks: tuple[str, ...]


EFFORTS: Mapping[str, Effort] = MappingProxyType(
    {
        "quick": Effort(18.0, 7, 250_000_000, 20_000_000, QUICK),
        "normal": Effort(60.0, 9, 500_000_000, 20_000_000, NORMAL),
        "thorough": Effort(300.0, 15, 10**12, 10**9, THOROUGH),
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
    return [*networks, Network(EXTRA, list(_probes(effort)))]


def _probes(effort: Effort) -> Iterable[Layer]:
    """Give the grouped convolutions of ResNeXt-50 (32x4d), and products of many sizes.

    Those of activations are the scores and the contexts of attention.
    """
    for size, channels in ((56, 128), (28, 256), (14, 512), (7, 1024)):
        grouped = ConvShape.from_input((channels, size, size), channels, 3, padding=1, groups=32)
        yield Layer.from_shape(f"grouped-{size}", grouped)
    for inputs, outputs in ((256, 256), (512, 1000), (1024, 1024), (2048, 2048), (4096, 4096)):
        for rows in (1, 32, 128):
            shape = FcShape(inputs, outputs, rows)
            if shape.macs <= effort.most_macs:
                yield Layer.from_shape(f"fc-{inputs}-{outputs}-{rows}", shape)
    for rows, columns, count in ((32, 32, 12), (64, 256, 8), (197, 197, 12), (384, 384, 12)):
        for m, k, n in ((rows, 64, columns), (rows, columns, 64)):
            yield Layer.from_shape(f"matmul-{m}-{k}-{n}", MatmulShape(m, k, n, count))


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
