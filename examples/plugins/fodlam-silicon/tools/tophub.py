"""Turns the logs of TVM's tuner into tables: the best schedule found for a layer.

python tools/tophub.py tophub_layers.csv
"""

from __future__ import annotations

import sys

from tables import Tables, conv, fc, out_size, read, slug

SHORT = {"float16": "fp16", "float32": "fp32", "int8": "int8"}
REFUSED = {
    "topi_x86_conv2d": "logs whose padding stands where the stride belongs; newer logs repeat them",
    "dense_packed.vta": "products on packed operands, whose size is not said",
}


def main(raw: str) -> None:
    """Write the tables."""
    tables = Tables("tophub")
    for row in read(raw):
        if row["target"] == "intel_graphics" or "1x16" in row["model"]:
            tables.refuse("intel_graphics and VTA 1x16: their rates are not credible")
            continue
        if row["template"] in REFUSED:
            tables.refuse(REFUSED[row["template"]])
            continue
        chip, _ = tables.chip(f"{row['target']}/{row['model']}")
        short, target = SHORT[row["dtype"]], slug(row["target"])
        point = f"tophub-{target}-{short}"
        batch, cells = _cells(row)
        if cells["macs"] * batch != int(row["macs"]):
            raise SystemExit(f"{cells['macs']} MACs for one, batch {batch}: {row}")
        tables.point(
            *(chip, point), title=f"best TVM schedules, {target}", kinds="conv fc", precision=short
        )
        tables.layer(
            *(chip, point, cells, "tophub"),
            batch=batch,
            latency_ms=row["ms"],
            source=row["source_line"],
        )
    tables.write()


def _cells(row: dict[str, str]) -> tuple[int, dict[str, object]]:
    """Return the batch and the cells of the shape."""
    if row["kind"] == "fc":
        rows, inputs = map(int, row["shape"].strip("[]").split(","))
        return rows, fc(inputs, int(row["weights"]) // inputs)
    before, filters = row["shape"].split("->")
    batch, *chw = map(int, before.split("x"))
    kernel, stride = (tuple(map(int, row[key].split("x"))) for key in ("kernel", "stride"))
    pixels = int(row["out_elems"]) // int(filters) // batch
    groups = chw[0] if row["kind"] == "depthwise" else 1
    out = out_size(chw, pixels, kernel, stride)
    return batch, conv(chw, int(filters), kernel, stride, out, groups=groups)


if __name__ == "__main__":
    main(*sys.argv[1:])
