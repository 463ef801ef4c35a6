"""Turns the results of MLPerf Tiny into tables: four networks on microcontrollers and NPUs.

    python tools/mlperf_tiny.py mlperf_tiny.csv

A system that was measured for energy ran a second time for it, often at another clock or voltage:
that run is a point of its own, with the latency and the energy of the same run. In the open
division the networks are the submitters' own, and have names of their own.
"""

from __future__ import annotations

import sys

from tables import Tables, read, slug

NETWORKS = {
    "ad": "MLPerf-Tiny-autoencoder",
    "ic": "MLPerf-Tiny-ResNet-8",
    "kws": "MLPerf-Tiny-DS-CNN",
    "vww": "MLPerf-Tiny-MobileNetV1-0.25-96",
}
# Folders of submitters that do not use the short names.
WORDS = {
    "ad": "anomaly_detection",
    "ic": "image_classification",
    "kws": "keyword_spotting",
    "vww": "visual_wake_words",
}


def main(raw: str) -> None:
    """Write the tables."""
    tables = Tables("mlperf_tiny")
    for row in read(raw):
        chip, _ = tables.chip(row["system"])
        network = _network(row)
        if network is None or not row["latency_ms"]:
            tables.refuse("runs without a rate, or whose network is not said")
            continue
        point = f"tiny-{row['round']}-{slug(row['submitter'])}-{slug(row['system'])}"
        energy = row["measurement"] == "energy"
        if energy and not row["median_energy_uj"]:
            tables.refuse("energy runs without an energy")
            continue
        point += "-energy" if energy else ""
        kind = "energy run" if energy else "performance run"
        precision = "fp32" if "float" in row["system"] else ""
        if "int8" in row["system"]:
            precision = "int8"
        tables.point(
            chip,
            point,
            title=f"MLPerf Tiny {row['round']}, {row['submitter']}, {row['system']}, {kind}",
            kinds="conv fc",
            precision=precision or "as the submitter chose, int8 in most",
        )
        tables.network(
            *(chip, point, network),
            batch=1,
            latency_ms=f"{float(row['latency_ms']):.6g}",
            energy_uj=row["median_energy_uj"] if energy else "",
            where=f"{row['round']}: {row['source_file']}",
        )
    tables.write()


def _network(row: dict[str, str]) -> str | None:
    """Return the name of a network; in the open division it is the submitter's own."""
    for short, word in WORDS.items():
        if short == row["benchmark"] or word in row["source_file"]:
            if row["division"] == "closed":
                return NETWORKS[short]
            inside = row["source_file"].partition(f"/{short}/")[2].partition("/performance")[0]
            return f"MLPerf-Tiny-open-{short}-{slug(inside or row['submitter'])}"
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
