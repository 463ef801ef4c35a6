"""Turns the logs of convnet-benchmarks into tables: every layer of three networks on one GPU.

    python tools/convnet_benchmarks.py convnet_benchmarks_conv_fc.csv

The raw file has counts and no shapes; with square images, one shape fits the counts of a layer.
"""

from __future__ import annotations

import math
import sys

from tables import Tables, conv, fc, read

NETWORKS = {"alexnet": "AlexNet (one column)", "vgg_a": "VGG-11", "googlenet": "GoogLeNet"}


def main(raw: str) -> None:
    """Write the tables."""
    tables = Tables("convnet_benchmarks")
    for row in read(raw):
        chip, _ = tables.chip(row["device"])
        batch = int(row["batch"])
        if row["framework"] == "greentea" and row["layer"] == "conv2/3x3_s1":
            tables.refuse("a layer whose output is printed one pixel too small")
            continue
        cells = _cells(row, batch)
        if cells["macs"] * batch != int(row["macs"]):
            raise SystemExit(f"{cells['macs']} MACs for one, batch {batch}: {row}")
        point = f"convnet-{row['framework']}"
        tables.point(
            *(chip, point),
            title=f"convnet-benchmarks, {row['framework']}",
            kinds="conv fc",
            precision="fp32",
        )
        tables.layer(
            *(chip, point, cells, NETWORKS[row["network"]]),
            layer=row["layer"],
            batch=batch,
            latency_ms=row["forward_ms"],
            source=row["source_file"],
        )
    tables.write()


def _cells(row: dict[str, str], batch: int) -> dict[str, object]:
    weights = int(row["weights"])
    inputs, outputs = (int(row[key]) // batch for key in ("in_elems", "out_elems"))
    if row["kind"] == "fc":
        return fc(inputs, outputs)
    depth = int(row["macs"]) // int(row["out_elems"])  # input channels times kernel
    for kernel in (1, 3, 5, 7, 11):
        channels, rest = divmod(depth, kernel * kernel)
        if rest or not channels or inputs % channels:
            continue
        filters = weights // depth
        size, out = (math.isqrt(n) for n in (inputs // channels, outputs // filters))
        square = size * size * channels == inputs and out * out * filters == outputs
        if square and out <= size and weights == depth * filters:
            stride = (round(size / out),) * 2
            return conv((channels, size, size), filters, (kernel,) * 2, stride, (out, out))
    raise SystemExit(f"no shape fits {row}")


if __name__ == "__main__":
    main(*sys.argv[1:])
