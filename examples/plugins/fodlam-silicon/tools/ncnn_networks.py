"""Turns the layers of ncnn's benchmark networks into native network tables, with checked MACs.

    python tools/ncnn_networks.py ncnn_network_layers.csv

Padding does not stand in the raw file; it follows from the input and output sizes.
"""

from __future__ import annotations

import sys
from collections import Counter
from itertools import groupby

from tables import BUILT_IN, LIBRARY, conv, out_size, read

from fodlam_core import (
    ConvShape,
    FcShape,
    Layer,
    NativeReader,
    Network,
    ReadOptions,
    native_toml,
    zoo_network,
)

SOURCE = "Tencent/ncnn@a4d2ea1, benchmark/models/{}.param (BSD-3-Clause)"


def main(raw: str) -> None:
    """Write a table for each network; the int8 forms have the layers of the others."""
    folder = LIBRARY / "networks"
    folder.mkdir(exist_ok=True)
    for name, group in groupby(read(raw), lambda row: row["network"]):
        rows = list(group)
        network = Network(f"ncnn-{name}", map(layer, rows), source=SOURCE.format(name))
        fp = name.removesuffix("_int8")
        path = folder / f"ncnn-{fp}.toml"
        if fp in BUILT_IN:
            check_same(network, zoo_network(BUILT_IN[fp]))
        elif fp != name:
            check_same(network, NativeReader().read(path, ReadOptions()))
        else:
            path.write_text(native_toml(network), encoding="utf-8")


def layer(row: dict[str, str]) -> Layer:
    """Build a layer; its MACs are those of the raw file, except where it is transposed."""
    macs, outputs = int(row["macs"]), int(row["out_elems"])
    if row["kind"] == "fc":
        return checked(row, FcShape(int(row["in_elems"]), outputs), macs)
    chw = tuple(map(int, row["input_chw"].split("x")))
    filters, groups = int(row["out_channels"]), int(row["groups"])
    kernel = tuple(map(int, row["kernel"].split("x")))
    stride = (int(row["stride"]), int(row["stride"]))
    out = out_size(chw, outputs // filters, kernel, stride)
    if stride[0] > 1 and out[0] > chw[1]:
        # An upsampling; the raw file counts its MACs by output pixels, this project by input.
        total = (chw[1] - 1) * stride[0] + kernel[0] - out[0]
        sides = (total // 2, total // 2, total - total // 2, total - total // 2)
        shape = ConvShape(
            *chw, filters, *out, kernel, stride, sides, (1, 1), groups, transposed=True
        )
        return checked(row, shape, macs * chw[1] * chw[2] // (out[0] * out[1]))
    cells = conv(chw, filters, kernel, stride, out, groups=groups)
    pad = (cells["padding_height"], cells["padding_width"])
    return checked(row, ConvShape.from_input(chw, filters, kernel, stride, pad, 1, groups), macs)


def checked(row: dict[str, str], shape: ConvShape | FcShape, macs: int) -> Layer:
    """Build a layer from a shape that must have the MACs of the raw file."""
    if shape.macs != macs:
        raise SystemExit(f"{row['network']} {row['layer']}: {shape} has {shape.macs} MACs: {row}")
    return Layer.from_shape(row["layer"], shape)


def check_same(network: Network, other: Network) -> None:
    """Stop if two networks have other layers; a 1 x 1 convolution of one pixel is an fc layer."""
    one, two = (Counter((x.macs, x.shape.weights) for x in n.layers) for n in (network, other))
    if one != two:
        raise SystemExit(f"{network.name} and {other.name} differ: {one - two} {two - one}")


if __name__ == "__main__":
    main(*sys.argv[1:])
