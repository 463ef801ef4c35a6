"""Turns what datasheets say into points: peaks of the Lincoln survey, and those of the register.

    python tools/datasheets.py roofline_lincoln_survey.csv

Two operations are one multiply-accumulate, so a peak of the survey is halved. Peaks of which the
precision is not said ("AI", "analog"), or that no chip can have, are left out.
"""

from __future__ import annotations

import sys

from tables import LIBRARY, POINT, Tables, read, write_csv

PRECISIONS = {
    "float": "fp32",
    "double": "fp64",
    "half": "fp16",
    "fp16.32": "fp16, fp32 sums",
    "bf16.32": "bf16, fp32 sums",
    "int8.32": "int8, int32 sums",
    "8bit": "int8",
}
STATED = ("fp64", "fp32", "fp16", "fp16-vector", "bf16", "fp8", "fp4", "int16", "int8", "int4")
LEAST_PER_S = 1e8
Point = dict[str, object]


def main(raw: str) -> None:
    """Write the points; the survey's latest edition counts."""
    tables = Tables("datasheets")
    points: dict[tuple[str, str], Point] = {}
    for row in sorted(read(raw), key=lambda row: row["latest_survey_year"]):
        printed = f"{row['company']} {row['product']}"
        precision = PRECISIONS.get(row["precision"], row["precision"])
        short = precision.partition(",")[0]
        if not tables.knows(printed):
            tables.refuse("products that are known by measurements elsewhere, or named twice")
        elif short not in STATED or not row["power_w"]:
            tables.refuse("peaks without a usual precision, or without a power")
        elif float(row["peak_ops_per_s"]) / 2 < LEAST_PER_S:
            tables.refuse("peaks that no chip can have")
        else:
            chip, _ = tables.chip(printed)
            peak = f"{float(row['peak_ops_per_s']) / 2:.6g}"
            where = f"{row['source_file']}: {row['reference'].partition(';')[0]}"
            _add(points, chip, precision, peak, where)
    for chip, entry in tables.register.items():
        for precision, fact in entry.get("peaks", {}).items():
            _add(points, chip, precision, f"{fact['value']:.6g}", fact["source"])
    rows = [points[key] for key in sorted(points)]
    write_csv(LIBRARY / "datasheets" / "points.csv", rows, (*POINT, "peak_macs_per_s", "where"))
    print(f"datasheets: {len({row['chip'] for row in rows})} chips, {len(rows)} points")
    for why, count in tables.refused.items():
        print(f"  left out {count}: {why}")


def _add(
    points: dict[tuple[str, str], Point], chip: str, precision: str, peak: str, where: str
) -> None:
    short = precision.partition(",")[0]
    points[chip, short] = {
        "chip": chip,
        "point": f"datasheet-{short}",
        "title": f"datasheet, {short}",
        "kinds": "conv fc matmul",
        "precision": precision,
        "peak_macs_per_s": peak,
        "where": where,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
