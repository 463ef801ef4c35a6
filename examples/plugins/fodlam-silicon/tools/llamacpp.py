"""Turns rates of llama.cpp on GPUs into tables: prompts and steps of Llama 3, at two precisions.

    python tools/llamacpp.py llamacpp_gpu_llama3.csv

``pp N`` is a prompt of N tokens, ``tg N`` are N tokens behind an empty one: single steps, which
attend to N / 2 keys on average. Set-ups of several GPUs are left out, as nothing here knows what
passes between them. ``shared.csv`` has what GPUs do per unit of their datasheets; by it GPUs that
were not measured have points as well.
"""

from __future__ import annotations

import sys

import shared
from fodlam_silicon.shared import units
from tables import LIBRARY, Tables, read, write_csv

from fodlam_core import Reference

# Point, precision, and bits of a weight. Q4_K_M: 4.58 GiB for 8.03e9 weights, as llama.cpp prints
# the size of the file.
PRECISIONS = {
    "Q4_K_M": ("llamacpp-q4", "int4, Q4_K_M: 4.9 bits a weight, activations 16 bits", 4.9),
    "F16": ("llamacpp-f16", "fp16", 16.0),
}


def main(raw: str) -> None:
    """Write the tables, and what GPUs have in common."""
    tables = Tables("llamacpp")
    seen: dict[tuple[str, str, str], Reference] = {}
    for row in read(raw):
        if "*" in row["gpu"]:
            tables.refuse("set-ups of several GPUs")
            continue
        if not float(row["tokens_per_s"] or 0):
            tables.refuse("runs out of memory, without a rate")
            continue
        _add(tables, row, seen)
    for quantised, (point, precision, bits) in PRECISIONS.items():
        shared.project(tables, point, f"llama.cpp, {quantised}", precision, bits)
    tables.write()
    rows = [
        row
        for point, _, bits in PRECISIONS.values()
        for row in shared.rows_of(point, _runs(tables, seen, point, bits))
    ]
    write_csv(LIBRARY / "llamacpp" / "shared.csv", rows, ())


def _add(tables: Tables, row: dict[str, str], seen: dict[tuple[str, str, str], Reference]) -> None:
    chip, _ = tables.chip(row["gpu"])
    size, _, quantised = row["model_quant"].partition(" ")
    point, precision, bits = PRECISIONS[quantised]
    tokens, rate, prompt = int(row["tokens"]), float(row["tokens_per_s"]), row["phase"] == "pp"
    network = f"Llama-3-{size} {f'prompt {tokens}' if prompt else f'step {tokens // 2}'}"
    milliseconds = 1e3 * (tokens if prompt else 1) / rate
    if (chip, point, network) in seen:
        tables.refuse("rates that are printed twice")
        return
    seen[chip, point, network] = Reference(network, 1, milliseconds / 1e3)
    tables.point(
        *(chip, point),
        title=f"llama.cpp, {quantised}",
        kinds="fc matmul",
        precision=precision,
        weight_bits=bits,
    )
    tables.network(
        *(chip, point, network),
        batch=1,
        latency_ms=f"{milliseconds:.6g}",
        tokens_per_s=row["tokens_per_s"],
        where=row["source_line"],
    )


def _runs(
    tables: Tables, seen: dict[tuple[str, str, str], Reference], point: str, bits: float
) -> shared.Runs:
    """Return the runs of each chip at a point, where its datasheet says enough."""
    every: shared.Runs = {}
    for chip in tables.chips_of(point):
        own = units(shared.entry_of(tables.register, chip), bits)
        if own is not None:
            references = (each for key, each in seen.items() if key[:2] == (chip, point))
            every[chip] = shared.runs(references, own)
    return every


if __name__ == "__main__":
    main(*sys.argv[1:])
