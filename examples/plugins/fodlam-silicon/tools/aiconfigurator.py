"""Turns NVIDIA's measurements behind aiconfigurator into tables: matrix products by precision.

    python tools/aiconfigurator.py GEMM_SAMPLE.csv GEMM_POWER_SAMPLE.csv

The second file has the mean power of the GPU while a product was repeated; where a product takes
less than 0.1 ms the power is not of that product alone, and is left out.
"""

from __future__ import annotations

import sys

from tables import Tables, fc, read, slug

PRECISIONS = {
    "bfloat16": ("bf16", "bf16"),
    "fp8": ("fp8", "fp8"),
    "fp8_block": ("fp8-block", "fp8, scaled by blocks"),
    "nvfp4": ("nvfp4", "nvfp4"),
    "int8_wo": ("int8-weights", "weights int8, activations 16 bits"),
    "int4_wo": ("int4-weights", "weights int4, activations 16 bits"),
    "sq": ("int8", "int8 (SmoothQuant)"),
}
USABLE_MS = 0.1


def main(raw: str, power: str) -> None:
    """Write the tables."""
    tables = Tables("aiconfigurator")
    for row in read(raw):
        chip, _ = tables.chip(row["system"])
        short, precision = PRECISIONS[row["dtype"]]
        point, framework = f"aic-{short}", f"{row['framework']} {row['version']}"
        _point(tables, chip, point, framework, precision)
        tables.layer(
            *(chip, point, _cells(row), "aiconfigurator"),
            batch=1,
            latency_ms=row["latency_ms"],
            source=row["source_file"],
        )
    for row in read(power):
        chip, _ = tables.chip(row["system"])
        short, precision = PRECISIONS[row["gemm_dtype"]]
        point, framework = f"aic-{slug(row['framework'])}-{short}", f"vllm {row['version']}"
        _point(tables, chip, point, framework, precision)
        milliseconds = float(row["latency"])
        energy_mj = f"{milliseconds * float(row['power']):.6g}" if milliseconds >= USABLE_MS else ""
        tables.layer(
            *(chip, point, _cells(row), "aiconfigurator"),
            batch=1,
            latency_ms=f"{milliseconds:.6g}",
            energy_mj=energy_mj,
            source=f"{row['table']}, {row['framework_run']} {row['version_run']}",
        )
    tables.write()


def _cells(row: dict[str, str]) -> dict[str, object]:
    return fc(int(row["k"]), int(row["n"]), int(row["m"]))


def _point(tables: Tables, chip: str, point: str, framework: str, precision: str) -> None:
    title = f"matrix products, {framework}"
    tables.point(chip, point, title=title, kinds="fc", precision=precision)


if __name__ == "__main__":
    main(*sys.argv[1:])
