"""Turns the results of DeepBench into tables: convolutions, matrix products, recurrent layers.

    python tools/deepbench.py deepbench_ops.csv

Forward passes only. A matrix product m x k by k x n is an fc layer with k inputs, m outputs and n
rows. In the rows of int8 products the kernel works on sizes that are padded to multiples of 4.
"""

from __future__ import annotations

import sys

from tables import Tables, conv, fc, read

PRECISIONS = {
    "Float": ("fp32", "fp32"),
    "16 bit inputs, 32 bit multiplication, 32 bit addition": ("fp16", "fp16 inputs, fp32 math"),
    "16 bit inputs, 16 bit multiplication, 32 bit addition": (
        "fp16",
        "fp16 inputs and products, fp32 sums",
    ),
    "GEMM, Conv: Int8 multiplication, 32 bit accumulation": ("int8", "int8, int32 sums"),
    "Int8 inputs 32 bit math": ("int8", "int8, int32 sums"),
}
GATES = {"rnn-vanilla": 1, "rnn-lstm": 4, "rnn-gru": 3}


def main(raw: str) -> None:
    """Write the tables."""
    tables = Tables("deepbench")
    for row in read(raw):
        if not row["pass"].startswith("fwd"):
            tables.refuse("backward passes")
            continue
        if row["kind"] == "spgemm":
            tables.refuse("sparse matrix products")
            continue
        chip, _ = tables.chip(row["device"])
        short, precision = PRECISIONS[row["precision"]]
        if row["kind"] == "conv" and row["device"] == "Raspberry_Pi_3":
            short = precision = "fp32"  # the int8 of the sheet is of the matrix products
        if row["kind"].startswith("rnn") and short == "int8":
            short, precision = "rnn", "not stated; the int8 of the sheet is not of recurrent layers"
        point = f"deepbench-{short}"
        batch = int(row["n_or_batch"]) if row["kind"] != "gemm" else 1
        cells = _cells(row)
        if cells["macs"] * batch != int(row["dense_macs"]):
            raise SystemExit(f"{cells['macs']} MACs for one, batch {batch}: {row}")
        tables.point(
            *(chip, point),
            title=f"DeepBench, {short}",
            kinds="conv fc recurrent",
            precision=precision,
        )
        tables.layer(
            *(chip, point, cells, f"DeepBench {row['suite']}"),
            batch=batch,
            latency_ms=row["time_ms"],
            source=f"{row['source_file']}:{row['sheet']}:{row['sheet_row']}",
        )
    tables.write()


def _cells(row: dict[str, str]) -> dict[str, object]:
    if row["kind"] == "gemm":
        return fc(int(row["k_or_hidden"]), int(row["m"]), int(row["n_or_batch"]))
    if row["kind"] == "conv":
        chw, kernel, stride, pad = (
            tuple(map(int, row[key].split("x"))) for key in ("input_chw", "kernel", "stride", "pad")
        )
        return conv(chw, int(row["out_channels"]), kernel, stride, pad=pad)
    hidden, steps = int(row["k_or_hidden"]), int(row["timesteps"])
    # Each gate applies a square matrix to the input and one to the state, in every time step.
    macs = 2 * GATES[row["kind"]] * hidden * hidden * steps
    name = f"{row['kind']} {hidden} units {steps} steps"
    return {"layer": name, "kind": "recurrent", "macs": macs}


if __name__ == "__main__":
    main(*sys.argv[1:])
