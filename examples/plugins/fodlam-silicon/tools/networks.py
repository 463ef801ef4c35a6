"""Writes the networks behind the tables that follow from a rule or from a table of layers.

    python tools/networks.py ghp_fpga.csv

MobileNets of every width and size, the networks of MLPerf Tiny, and those of the GHP accelerator,
whose table gives every convolution. Totals are checked against published ones.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import TYPE_CHECKING

from papers import GHP, checked
from tables import LIBRARY, conv, read

from fodlam_core import ConvShape, FcShape, Layer, Network, native_toml, zoo_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Millions of MACs, as GreenWaves prints them (image_classification_networks@50ad1be, README.md).
WIDTHS_V1 = {
    1.0: {192: 418, 160: 291, 128: 186},
    0.75: {224: 317, 192: 233, 160: 162, 128: 104},
    0.5: {224: 150, 192: 110, 160: 77, 128: 49},
    0.25: {224: 41, 192: 30, 160: 21, 128: 14},
}
WIDTHS_V2 = {
    1.4: {224: 582},
    1.0: {192: 221, 160: 154, 128: 99, 96: 56},
    0.5: {224: 97, 192: 71, 160: 50, 128: 32, 96: 18},
}
V1 = 'A. G. Howard et al., "MobileNets", 2017 (arXiv:1704.04861), width {}, {} x {} pixels'
V2 = 'M. Sandler et al., "MobileNetV2", 2018 (arXiv:1801.04381), width {}, {} x {} pixels'
TINY = "mlcommons/tiny, benchmark/training/{} (Apache-2.0)"
# Output channels and strides of the blocks of MobileNet V1; of V2 also the expansion.
BLOCKS_V1 = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5]
BLOCKS_V1 += [(1024, 2), (1024, 1)]
STAGES_V2 = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1)]
STAGES_V2 += [(6, 160, 3, 2), (6, 320, 1, 1)]


def main(ghp: str) -> None:
    """Write a table for each network."""
    for network in (*mobilenets(), *tiny(), *ghp_networks(ghp)):
        path = LIBRARY / "networks" / f"{network.name}.toml"
        path.write_text(native_toml(network), encoding="utf-8")
        print(f"{network.name}: {network.total_macs} MACs")


def mobilenets() -> Iterator[Network]:
    """Yield MobileNets; the totals must be the printed ones."""
    for version, source, widths in (("V1", V1, WIDTHS_V1), ("V2", V2, WIDTHS_V2)):
        for width, sizes in widths.items():
            for size, millions in sizes.items():
                layers = mobilenet_v1(width, size) if version == "V1" else mobilenet_v2(width, size)
                name = f"MobileNet{version}-{width}-{size}"
                network = Network(name, layers, source=source.format(width, size, size))
                # The paper prints 325 M for V1 of width 0.75, as the layers have it; the list 317.
                close(network, millions * 1e6)
                yield network


def mobilenet_v1(width: float, size: int, classes: int = 1000) -> list[Layer]:
    """Return the layers of MobileNet V1; its filters are cut by the width."""
    layers = [square("conv0", 3, size, int(32 * width), 3, 2)]
    for number, (filters, stride) in enumerate(BLOCKS_V1, 1):
        shape = layers[-1].shape
        channels, size = shape.out_channels, shape.out_height
        layers.append(square(f"conv{number}/dw", channels, size, channels, 3, stride, channels))
        size = layers[-1].shape.out_height
        layers.append(square(f"conv{number}/pw", channels, size, int(filters * width), 1))
    return [*layers, fc("fc", layers[-1].shape.out_channels, classes)]


def mobilenet_v2(width: float, size: int) -> list[Layer]:
    """Return the layers of MobileNet V2; its filters are a multiple of 8, the last 1280 or more."""
    layers = [square("conv0", 3, size, eights(32 * width), 3, 2)]
    for stage, (expansion, filters, repeats, stride) in enumerate(STAGES_V2, 1):
        for repeat in range(1, repeats + 1):
            shape, name = layers[-1].shape, f"block{stage}.{repeat}"
            channels, size = shape.out_channels, shape.out_height
            inner = channels * expansion
            if expansion > 1:
                layers.append(square(f"{name}/expand", channels, size, inner, 1))
            step = stride if repeat == 1 else 1
            layers.append(square(f"{name}/dw", inner, size, inner, 3, step, inner))
            size = layers[-1].shape.out_height
            layers.append(square(f"{name}/project", inner, size, eights(filters * width), 1))
    shape, last = layers[-1].shape, eights(1280 * max(1.0, width))
    layers.append(square("conv_last", shape.out_channels, shape.out_height, last, 1))
    return [*layers, fc("fc", last, 1000)]


def eights(filters: float) -> int:
    """Round to a multiple of 8, at most 10 % down, as the authors' code does.

    >>> eights(16 * 1.4), eights(24 * 0.5), eights(32 * 0.5)
    (24, 16, 16)
    """
    rounded = max(8, int(filters + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * filters else rounded


def square(
    name: str,
    channels: int,
    size: int,
    filters: int,
    kernel: int,
    stride: int = 1,
    groups: int = 1,
    kernels: tuple[int, int] | None = None,
) -> Layer:
    """Return a convolution of a square image that keeps its size, but for the stride."""
    shape = ConvShape.from_input(
        (channels, size, size), filters, kernels or kernel, stride, kernel // 2, groups=groups
    )
    return Layer.from_shape(name, shape)


def fc(name: str, inputs: int, outputs: int) -> Layer:
    """Return a fully-connected layer."""
    return Layer.from_shape(name, FcShape(inputs, outputs))


def close(network: Network, macs: float) -> None:
    """Stop if a total is further than 3 % and a rounding from the published one."""
    if abs(network.total_macs - macs) > 0.03 * macs + 0.5e6:
        raise SystemExit(f"{network.name}: {network.total_macs} MACs, published {macs:g}")


def tiny() -> Iterator[Network]:
    """Yield the four networks of MLPerf Tiny."""
    widths = (640, 128, 128, 128, 128, 8, 128, 128, 128, 128, 640)
    yield Network(
        "MLPerf-Tiny-autoencoder",
        [fc(f"dense{n}", a, b) for n, (a, b) in enumerate(pairwise(widths))],
        source=TINY.format("anomaly_detection"),
    )
    yield Network("MLPerf-Tiny-ResNet-8", resnet_8(), source=TINY.format("image_classification"))
    yield Network("MLPerf-Tiny-DS-CNN", ds_cnn(), source=TINY.format("keyword_spotting"))
    yield Network(
        "MLPerf-Tiny-MobileNetV1-0.25-96",
        mobilenet_v1(0.25, 96, classes=2),
        source=TINY.format("visual_wake_words"),
    )


def resnet_8() -> list[Layer]:
    """Return the layers of the ResNet for 32 x 32 pixels: three stages of one block."""
    layers = [square("conv0", 3, 32, 16, 3)]
    for stage, (channels, filters, size, stride) in enumerate(
        [(16, 16, 32, 1), (16, 32, 32, 2), (32, 64, 16, 2)], 1
    ):
        layers.append(square(f"stage{stage}/conv1", channels, size, filters, 3, stride))
        layers.append(square(f"stage{stage}/conv2", filters, size // stride, filters, 3))
        if stride > 1:
            layers.append(square(f"stage{stage}/shortcut", channels, size, filters, 1, stride))
    return [*layers, fc("fc", 64, 10)]


def ds_cnn() -> list[Layer]:
    """Return the layers of DS-CNN: a 10 x 4 convolution and four separable ones, 25 x 5."""
    first = ConvShape.from_input((1, 49, 10), 64, (10, 4), 2, (4, 1, 5, 1))
    layers = [Layer.from_shape("conv0", first)]
    for number in range(1, 5):
        depthwise = ConvShape.from_input((64, 25, 5), 64, 3, padding=1, groups=64)
        pointwise = ConvShape.from_input((64, 25, 5), 64, 1)
        layers.append(Layer.from_shape(f"conv{number}/dw", depthwise))
        layers.append(Layer.from_shape(f"conv{number}/pw", pointwise))
    return [*layers, fc("fc", 64, 12)]


def ghp_networks(path: str) -> Iterator[Network]:
    """Yield the networks of GHP that the core has not, from the layers of its smallest size."""
    rows = [row for row in read(path) if row["config"] == "m32p32"]
    for printed, name in GHP.items():
        layers = list(ghp_layers(row for row in rows if row["network"] == printed))
        if layers and name not in zoo_names():
            yield Network(name, layers, source=f"wkid-neu/cnn_accel@7c2f273e8b, {printed}")


def ghp_layers(rows: Iterable[dict[str, str]]) -> Iterator[Layer]:
    """Yield the layers of a network; the last has 1000 outputs, which GHP pads to 1024."""
    for row in rows:
        if row["kind"] == "fc":
            outputs = int(row["out_channels"])
            yield fc(row["layer"], int(row["in_channels"]), 1000 if outputs == 1024 else outputs)
        elif row["kind"] == "conv":
            chw = tuple(int(row[key]) for key in ("in_channels", "in_h", "in_w"))
            kernel, out = (tuple(int(row[f"{k}{x}"]) for x in "hw") for k in ("k_", "out_"))
            stride = (int(row["stride"]),) * 2
            cells = checked(conv(chw, int(row["out_channels"]), kernel, stride, out), row)
            pad = (cells["padding_height"], cells["padding_width"])
            shape = ConvShape.from_input(chw, int(row["out_channels"]), kernel, stride, pad)
            yield Layer.from_shape(row["layer"], shape)


if __name__ == "__main__":
    main(*sys.argv[1:])
