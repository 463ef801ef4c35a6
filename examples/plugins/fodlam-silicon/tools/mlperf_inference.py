"""Turns the closed division of MLPerf Inference into tables: whole networks on whole systems.

    python tools/mlperf_inference.py mlperf_inference_closed.csv

Kept are the scenarios SingleStream (its 90th percentile is a latency) and Offline (the reciprocal
of a throughput), for each number of accelerators: of all rounds and submitters the fastest, whose
place is beside it. Runs with a power meter are points of their own: the energy is the mean power
of the system divided by the throughput, computed from the logs, not the official figure.
"""

from __future__ import annotations

import re
import sys

from tables import Tables, read, slug

NETWORKS = {
    "resnet50": "ResNet-50-v1.5",
    "resnet": "ResNet-50-v1.5",
    "mobilenet": "MobileNetV1",
    "ssd-small": "mlperf-ssd-mobilenet",
    "ssd-large": "mlperf-ssd-resnet34",
}
ACCURACY = re.compile(r"-99(\.9)?$")
UNKNOWN = {"cpu/", "cpu/BCM2835"}


def main(raw: str) -> None:
    """Write the tables."""
    tables = Tables("mlperf_inference")
    best: dict[tuple[str, ...], tuple[float, dict[str, str]]] = {}
    for row in read(raw):
        scenario = row["scenario"].lower()
        host_only = row["accelerator"] in ("-", "", "N/A")
        printed = f"cpu/{row['host']}" if host_only else row["accelerator"]
        if scenario not in ("offline", "singlestream"):
            tables.refuse("the scenarios Server and MultiStream, whose rates depend on a deadline")
            continue
        if printed in UNKNOWN or re.search(r"\([47]x1g", printed):
            tables.refuse("systems whose chip is not said, or GPUs cut into several instances")
            continue
        seconds = _seconds(row, scenario)
        if seconds is None or row["nodes"] not in ("1", ""):
            tables.refuse("runs without a rate, or on several nodes")
            continue
        chip, _ = tables.chip(printed)
        count = slug(row["system"]) if host_only else f"x{row['accelerators']}"
        point = f"mlperf-{count}-{scenario}" + ("-power" if row["avg_system_w"] else "")
        key = (chip, point, network(row["model"], row["round"]))
        if key not in best or seconds < best[key][0]:
            best[key] = seconds, row
    for (chip, point, name), (seconds, row) in sorted(best.items(), key=lambda item: item[0]):
        _add(tables, chip, point, name, seconds, row)
    tables.write()


def network(model: str, round_: str) -> str:
    """Return the name of a network; accuracy targets of one network are one.

    The images of 3D U-Net became larger ones with round v2.0.

    >>> network("bert-99.9", "v3.0"), network("resnet", "v0.5"), network("3d-unet-99", "v1.0")
    ('mlperf-bert', 'ResNet-50-v1.5', 'mlperf-3d-unet-brats')
    """
    model = ACCURACY.sub("", model)
    if model == "3d-unet":
        return "mlperf-3d-unet-" + ("brats" if round_ < "v2" else "kits19")
    return NETWORKS.get(model, f"mlperf-{model}")


def _seconds(row: dict[str, str], scenario: str) -> float | None:
    if scenario == "singlestream":
        return int(row["p90_latency_ns"]) / 1e9 if row["p90_latency_ns"] else None
    return 1 / float(row["samples_per_s"]) if row["samples_per_s"] else None


def _add(
    tables: Tables, chip: str, point: str, name: str, seconds: float, row: dict[str, str]
) -> None:
    offline = row["scenario"].lower() == "offline"
    count = row["accelerators"]
    words = row["system"] if count in ("", "0") else f"{count} accelerators"
    tables.point(
        *(chip, point),
        title=f"MLPerf Inference, {row['scenario']}, {words}",
        kinds="conv fc matmul",
        precision="as the submitter chose",
        latency_is="reciprocal throughput" if offline else "inference",
        chip_count=count if int(count or 0) > 1 else "",
    )
    watts = row["avg_system_w"]
    # The latency of a single stream is its 90th percentile, so it gives no energy.
    energy_j = f"{float(watts) * seconds:.6g}" if watts and offline else ""
    tables.network(
        *(chip, point, name),
        batch=1,
        latency_ms=f"{seconds * 1e3:.6g}",
        energy_j=energy_j,
        where=f"{row['round']}: {row['source_path']}",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
