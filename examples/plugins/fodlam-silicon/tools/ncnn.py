"""Turns the benchmark listing of ncnn into tables: networks on phones, boards and PCs.

    python tools/ncnn.py ncnn_networks_raw.csv

``min_ms`` is taken, as the least disturbed of the loops. Results are of versions from 2018 to 2026.
"""

from __future__ import annotations

import sys

from tables import BUILT_IN, Tables, read

# Spellings of older versions.
SPELLINGS = {
    "mobilenet-ssd": "mobilenet_ssd",
    "mobilenet-yolo": "mobilenet_yolo",
    "squeezenet-ssd": "squeezenet_ssd",
    "squeezenet-int8": "squeezenet_int8",
    "mobilenet_yolov3": "mobilenetv2_yolov3",
}
CORES = {"0": "", "1": "-little", "2": "-big"}
WORDS = {"0": "all cores", "1": "little cores", "2": "big cores"}


def main(raw: str) -> None:
    """Write the tables."""
    tables = Tables("ncnn")
    names: dict[str, set[str]] = {}
    runs: dict[tuple[str, str], str] = {}
    for row in read(raw):
        network = SPELLINGS.get(row["network"], row["network"])
        if row["network"] == "mobilenet_yolov3":
            tables.refuse("mobilenet_yolov3 of 2018: its layers are not known")
            continue
        chip, board = tables.chip(row["chip_heading"])
        engine, title = _engine(row)
        point = runs.get((chip, row["run"]))
        if point is None:
            point = "-".join(filter(None, ("ncnn", board, engine)))
            taken = names.setdefault(chip, set())
            point = next(
                name
                for name in (point, *(f"{point}-{n}" for n in range(2, 9)))
                if name not in taken
            )
            taken.add(point)
            runs[chip, row["run"]] = point
        int8, network = network.endswith("_int8"), network.removesuffix("_int8")
        name = point + ("-int8" if int8 else "")
        words = f"{board}, {title}" if board else title
        tables.point(
            chip,
            name,
            title=f"ncnn, {words}",
            kinds="conv fc",
            precision="int8" if int8 else "fp32 or fp16, as ncnn chooses",
        )
        tables.network(
            chip,
            name,
            BUILT_IN.get(network, f"ncnn-{network}"),
            batch=1,
            latency_ms=row["min_ms"],
            where=f"benchmark/README.md:{row['readme_line']}",
        )
    tables.write()


def _engine(row: dict[str, str]) -> tuple[str, str]:
    """Return what the engine of a run is called, and in words."""
    gpu = row["gpu_device"]
    if gpu not in ("-1", ""):
        return f"gpu{gpu if gpu != '0' else ''}", f"GPU {gpu}"
    threads, cores = row["threads"], row["powersave"]
    plural = "" if threads == "1" else "s"
    return f"{threads}t{CORES[cores]}", f"CPU, {threads} thread{plural} on {WORDS[cores]}"


if __name__ == "__main__":
    main(*sys.argv[1:])
