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
from fodlam_silicon.shared import errors as shared_errors
from tables import LIBRARY, read

if TYPE_CHECKING:
    from pathlib import Path

FACTS = ("year", "node_nm", "area_mm2", "clock_hz", "memory_bandwidth_bytes_per_s")
FACTS += ("memory_bytes", "tdp_w")
LATE = ("tophub", "mlperf_inference", "datasheets")


def main() -> None:
    """Write the index."""
    text = json.dumps(index(), ensure_ascii=False, separators=(",", ":"))
    path = LIBRARY / "index.json"
    path.write_text(re.sub(r'("default":"[^"]*"},)', r"\1\n", text) + "\n", encoding="utf-8")
    chips = index()
    print(f"{len(chips)} chips, {sum(len(chip['points']) for chip in chips.values())} points")


def index() -> dict[str, Any]:
    """Return the index: chips that have a point, each with its facts, aliases and points."""
    with open(LIBRARY / "chips.toml", "rb") as file:
        register = tomli.load(file)["chips"]
    points, said = all_points(), all_said()
    unknown = {chip for chip, _ in points} - set(register)
    if unknown:
        raise SystemExit(f"not in chips.toml: {', '.join(sorted(unknown))}")
    chips = {}
    for chip, entry in sorted(register.items()):
        own = {point: data for (name, point), data in points.items() if name == chip}
        if own:
            told = {point: [*data, *said[chip, point]] for point, data in own.items()}
            chips[chip] = {**_facts(entry), "points": told, "default": default(entry, own)}
    return chips


def all_said() -> dict[tuple[str, str], list[Any]]:
    """Return by chip and point: precision, provenance, errors of latency and of energy."""
    said = {}
    for path in LIBRARY.glob("*/points.csv"):
        with open(path.parent / "source.toml", "rb") as file:
            header = tomli.load(file)
        for row in read(path):
            fit = fits(path.parent.name).get(f"{row['chip']}/{row['point']}")
            known = fit.errors if fit else {}
            provenance = row.get("provenance") or header["provenance"]
            known = known or shared_errors(path.parent.name, row["point"]).get("linear", {})
            pair = [
                round(known[each].mape, 4) if each in known else None
                for each in ("latency", "energy")
            ]
            said[row["chip"], row["point"]] = [row["precision"], provenance, *pair]
    return said


def all_points() -> dict[tuple[str, str], list[Any]]:
    """Return by chip and point: source, kinds, title, rows of layers, rows of networks."""
    points: dict[tuple[str, str], list[Any]] = {}
    for path in sorted(LIBRARY.glob("*/points.csv")):
        rows = {part: _count(path.parent / part) for part in ("layers", "networks")}
        for row in read(path):
            key = row["chip"], row["point"]
            if key in points:
                raise SystemExit(f"{'/'.join(key)} stands in two sources; rename one")
            counts = (rows["layers"][key], rows["networks"][key])
            points[key] = [path.parent.name, row["kinds"], row["title"], *counts]
    return points


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
        source, _, _, layers, networks = points[point]
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
