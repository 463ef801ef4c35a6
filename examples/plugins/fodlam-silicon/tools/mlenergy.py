"""Turns ML.ENERGY's measurements of a server into tables: steps of decoding, with their energy.

    python tools/mlenergy.py mlenergy_generation.csv

A step gives a token to every sequence of the batch: its latency is the median time between tokens,
its energy that of a token times the batch. It attends to half of the mean output.
"""

from __future__ import annotations

import sys

from tables import Tables, read

MODELS = {
    "meta-llama/Llama-3.1-8B-Instruct": "Llama-3-8B",
    "Qwen/Qwen3-8B": "Qwen3-8B",
    "Qwen/Qwen3-14B": "Qwen3-14B",
    "Qwen/Qwen3-32B": "Qwen3-32B",
    "google/gemma-3-12b-it": "Gemma-3-12B",
    "google/gemma-3-27b-it": "Gemma-3-27B",
}
POINT = "mlenergy-bf16"


def main(raw: str) -> None:
    """Write the tables."""
    tables = Tables("mlenergy")
    for row in read(raw):
        why = _refused(row)
        if why:
            tables.refuse(why)
            continue
        chip, _ = tables.chip(row["gpu_model"])
        title = "language models in a server, ML.ENERGY"
        tables.point(chip, POINT, title=title, kinds="fc matmul", precision="bf16")
        batch = round(float(row["avg_batch_size"]))
        energy_j = float(row["energy_per_token_joules"]) * batch
        keys = round(float(row["avg_output_len"]) / 2)
        tables.network(
            *(chip, POINT, f"{MODELS[row['model_id']]} step {keys}"),
            batch=batch,
            latency_ms=f"{float(row['median_itl_ms']):.6g}",
            energy_j=f"{energy_j:.6g}",
            gpu_w=f"{float(row['avg_power_watts']):.6g}",
            where=row["source_file"],
        )
    tables.write()


def _refused(row: dict[str, str]) -> str:
    """Return why a row is left out; empty if it is not."""
    if row["task"] in ("text-to-image", "text-to-video", "image-chat", "video-chat"):
        return "images and videos"
    if row["num_gpus"] != "1":
        return "several GPUs"
    if row["model_id"] not in MODELS:
        return "models with experts, recurrences, or a layout that is not read"
    if (row["gpu_model"], row["task"]) == ("B200", "gpqa"):
        return "long reasoning on the B200, which waits for its host"
    return ""


if __name__ == "__main__":
    main(*sys.argv[1:])
