"""Turns the Lincoln survey of accelerators into a table of peaks: what a datasheet says, no more.

    python tools/datasheets.py roofline_lincoln_survey.csv

The peak is halved: two operations are one multiply-accumulate.
"""

from __future__ import annotations

import sys

from tables import LIBRARY, read, slug, write_csv

COLUMNS = ("chip", "title", "vendor", "device", "year", "precision", "peak_macs_per_s")
COLUMNS += ("tdp_w", "source")
DEVICES = {"GPU": "gpu", "CPU": "cpu", "FPGA": "fpga"}
PRECISIONS = {
    "float": "fp32",
    "single": "fp32",
    "fp32": "fp32",
    "half": "fp16",
    "fp16": "fp16",
    "double": "fp64",
    "bf16": "bf16",
    "int8": "int8",
    "int4": "int4",
}


def main(raw: str) -> None:
    """Write the table."""
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for row in read(raw):
        if not row["peak_ops_per_s"] or not row["power_w"]:
            continue
        precision = PRECISIONS.get(row["precision"].strip().lower(), row["precision"].strip())
        chip = slug(f"{row['company']} {row['product']}")
        rows[chip, precision] = {
            "chip": chip,
            "title": f"{row['company']} {row['product']}",
            "vendor": row["company"],
            "device": DEVICES.get(row["technology"], "asic"),
            "year": row["latest_survey_year"],
            "precision": precision,
            "peak_macs_per_s": f"{float(row['peak_ops_per_s']) / 2:.6g}",
            "tdp_w": row["power_w"],
            "source": row["reference"].split(";")[0],
        }
    table = [rows[key] for key in sorted(rows)]
    write_csv(LIBRARY / "datasheets" / "products.csv", table, COLUMNS)
    print(f"datasheets: {len({row['chip'] for row in table})} products, {len(table)} peaks")


if __name__ == "__main__":
    main(*sys.argv[1:])
