"""Writes the index of the library from the register of chips and the points of every source.

    python tools/index.py

Run it after any change of chips.toml or of a table: a test compares the two.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import tomli
from fodlam_silicon.fits import fits
from fodlam_silicon.point import source_header
from fodlam_silicon.shared import errors as shared_errors
from tables import LIBRARY, read

if TYPE_CHECKING:
    from pathlib import Path

FACTS = ("year", "node_nm", "area_mm2", "clock_hz", "memory_bandwidth_bytes_per_s")
FACTS += ("memory_bytes", "tdp_w")
LATE = ("tophub", "mlperf_inference", "datasheets")


def main() -> None:
    """Write the index."""
    chips = index()
    text = json.dumps(chips, ensure_ascii=False, separators=(",", ":"))
    path = LIBRARY / "index.json"
    path.write_text(re.sub(r'("default":"[^"]*"},)', r"\1\n", text) + "\n", encoding="utf-8")
    print(f"{len(chips)} chips, {sum(len(chip['points']) for chip in chips.values())} points")


def index() -> dict[str, Any]:
    """Return the index: chips that have a point, each with its facts, aliases and points."""
    with open(LIBRARY / "chips.toml", "rb") as file:
        register = tomli.load(file)["chips"]
    points = all_points()
    unknown = set(points) - set(register)
    if unknown:
        raise SystemExit(f"not in chips.toml: {', '.join(sorted(unknown))}")
    chips = {}
    for chip, entry in sorted(register.items()):
        if own := points.get(chip):
            chips[chip] = {**_facts(entry), "points": own, "default": default(entry, own)}
    return chips


def all_points() -> dict[str, dict[str, list[Any]]]:
    """Return what the index has of each point, by chip: source, kinds, title, and what is `TOLD`.

    Told are rows of layers, rows of networks, precision, provenance, errors of latency and energy.
    """
    points: dict[str, dict[str, list[Any]]] = {}
    for path in sorted(LIBRARY.glob("*/points.csv")):
        source = path.parent.name
        header = source_header(source)
        layers, networks = (_count(path.parent / part) for part in ("layers", "networks"))
        for row in read(path):
            chip, point = key = row["chip"], row["point"]
            if point in points.setdefault(chip, {}):
                raise SystemExit(f"{chip}/{point} stands in two sources; rename one")
            points[chip][point] = [
                *(source, row["kinds"], row["title"], layers[key], networks[key]),
                *(row["precision"], row.get("provenance") or header["provenance"]),
                *_errors(source, chip, point),
            ]
    return points


def _errors(source: str, chip: str, point: str) -> list[float | None]:
    """Return the errors of latency and of energy, where they are known."""
    fit = fits(source).get(f"{chip}/{point}")
    known = (fit.errors if fit else {}) or shared_errors(source, point).get("linear", {})
    pair = (known.get(quantity) for quantity in ("latency", "energy"))
    return [None if error is None else round(error.mape, 4) for error in pair]


def _count(folder: Path) -> Counter[tuple[str, str]]:
    return Counter((path.stem, row["point"]) for path in folder.glob("*.csv") for row in read(path))


def _facts(entry: dict[str, Any]) -> dict[str, Any]:
    facts = {name: entry[name]["value"] for name in FACTS if name in entry}
    peaks = {name: fact["value"] for name, fact in entry.get("peaks", {}).items()}
    own = {key: entry[key] for key in ("title", "vendor", "device")}
    return {**own, "aliases": entry.get("aliases", []), **facts, "peaks": peaks}


def default(entry: dict[str, Any], points: dict[str, list[Any]]) -> str:
    """Return the point that the chip's plain name stands for.

    It is the one that the register names; else one of the first of these that there is: runs of
    networks or operations, tuned kernels, systems of MLPerf with few accelerators. Then that with
    the most rows counts, and among equals unquantised before int8, and many threads before few.
    """

    def order(point: str) -> tuple[Any, ...]:
        source, _, _, layers, networks, *_ = points[point]
        threads, parts = (re.search(each, point) for each in (r"(\d+)t\b", r"-x(\d+)-"))
        return (
            LATE.index(source) + 1 if source in LATE else 0,
            int(parts[1]) if parts else 0,
            -(layers + networks),
            point.endswith("int8"),
            -int(threads[1]) if threads else 0,
            point,
        )

    return entry.get("default") or min(points, key=order)


if __name__ == "__main__":
    main()
