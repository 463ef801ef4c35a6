"""Turns rates of llama.cpp on GPUs into tables: prompts and steps of Llama 3, at two precisions.

    python tools/llamacpp.py llamacpp_gpu_llama3.csv

``pp N`` is a prompt of N tokens, ``tg N`` are N tokens behind an empty one: single steps, which
attend to N / 2 keys on average. Set-ups of several GPUs are left out, as nothing here knows what
passes between them. ``llamacpp/shared.csv`` has what a GPU does per unit of its datasheet, fitted
to all GPUs of the source, and how far that is off on a GPU that was left out.
"""

from __future__ import annotations

import sys

from tables import Tables, read

PRECISIONS = {
    # 4.58 GiB for 8.03e9 weights, as llama.cpp prints the size of the file.
    "Q4_K_M": ("llamacpp-q4", "int4, Q4_K_M: 4.9 bits a weight, activations 16 bits", 4.9),
    "F16": ("llamacpp-f16", "fp16", 16),
}


def main(raw: str) -> None:
    """Write the tables."""
    tables = Tables("llamacpp")
    for row in read(raw):
        if "*" in row["gpu"]:
            tables.refuse("set-ups of several GPUs")
            continue
        if not float(row["tokens_per_s"] or 0):
            tables.refuse("runs out of memory, without a rate")
            continue
        chip, _ = tables.chip(row["gpu"])
        size, _, quantised = row["model_quant"].partition(" ")
        point, precision, bits = PRECISIONS[quantised]
        tables.point(
            *(chip, point),
            title=f"llama.cpp, {quantised}",
            kinds="fc matmul",
            precision=precision,
            weight_bits=bits,
        )
        tokens, rate = int(row["tokens"]), float(row["tokens_per_s"])
        prompt = row["phase"] == "pp"
        run = f"prompt {tokens}" if prompt else f"step {tokens // 2}"
        tables.network(
            *(chip, point, f"Llama-3-{size} {run}"),
            batch=1,
            latency_ms=f"{1e3 * (tokens if prompt else 1) / rate:.6g}",
            tokens_per_s=row["tokens_per_s"],
            where=row["source_line"],
        )
    tables.write()


if __name__ == "__main__":
    main(*sys.argv[1:])
