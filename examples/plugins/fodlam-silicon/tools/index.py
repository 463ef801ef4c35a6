"""Writes the index of the library from the register of chips and the points of every source.

    python tools/index.py

Run it after any change of chips.toml or of a table: a test compares the two.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import tomli
from fodlam_silicon.networks import Library
from fodlam_silicon.point import errors, points_of, predicts, source_header
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
    points = all_points({chip: _facts(entry) for chip, entry in register.items()})
    chips = {}
    for chip, entry in sorted(register.items()):
        if own := points.get(chip):
            names = preferred(entry, own)
            ordered = {name: own[name] for name in names}
            chips[chip] = {**_facts(entry), "points": ordered, "default": names[0]}
    return chips


def all_points(chips: dict[str, dict[str, Any]]) -> dict[str, dict[str, list[Any]]]:
    """Return what the index has of each point, by chip: source, kinds, title, and what is `TOLD`.

    Told are rows of layers, rows of networks, precision, provenance, errors of latency and energy,
    what a latency is, whether the point predicts layers, and how many chips it is.

    Args:
        chips: the facts of every chip.
    """
    points: dict[str, dict[str, list[Any]]] = {}
    for path in sorted(LIBRARY.glob("*/points.csv")):
        source = path.parent.name
        header = source_header(source)
        layers, networks = (_rows(path.parent / part) for part in ("layers", "networks"))
        for (chip, point), said in points_of(source).items():
            if chip not in chips:
                raise SystemExit(f"not in chips.toml: {chip}")
            if point in points.setdefault(chip, {}):
                raise SystemExit(f"{chip}/{point} stands in two sources; rename one")
            own, named = layers[chip, point], networks[chip, point]
            known = Library(named)
            points[chip][point] = [
                *(source, said["kinds"], said["title"], own.total(), named.total()),
                *(said["precision"], said.get("provenance", header["provenance"])),
                *_errors(source, header, chips[chip], said),
                said.get("latency_is", header.get("latency_is", "inference")),
                predicts(header, chips[chip], said, own.total(), len(known)),
                int(said.get("chip_count", 1)),
            ]
    return points


def _errors(
    source: str, header: dict[str, Any], entry: dict[str, Any], said: dict[str, str]
) -> list[float | None]:
    """Return the errors of latency and of energy, where they are known."""
    known = next(iter(errors(source, header, entry, said).values()), {})
    pair = (known.get(quantity) for quantity in ("latency", "energy"))
    return [None if error is None else round(error.mape, 4) for error in pair]


def _rows(folder: Path) -> defaultdict[tuple[str, str], Counter[str]]:
    """Return the networks of the rows of tables, with how many each has, by chip and point."""
    found: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for path in folder.glob("*.csv"):
        for row in read(path):
            found[path.stem, row["point"]][row["network"]] += 1
    return found


def _facts(entry: dict[str, Any]) -> dict[str, Any]:
    facts = {name: entry[name]["value"] for name in FACTS if name in entry}
    peaks = {name: fact["value"] for name, fact in entry.get("peaks", {}).items()}
    own = {key: entry[key] for key in ("title", "vendor", "device")}
    return {**own, "aliases": entry.get("aliases", []), **facts, "peaks": peaks}


def preferred(entry: dict[str, Any], points: dict[str, list[Any]]) -> list[str]:
    """Return the points of a chip, the one that its plain name stands for first.

    It is the one that the register names. Then come runs of networks or operations, tuned kernels,
    systems of MLPerf with few accelerators, datasheets. Of these that with the most rows stands
    first, and among equals unquantised before int8, and many threads before few.
    """

    def order(point: str) -> tuple[Any, ...]:
        source, _, _, layers, networks, *_ = points[point]
        threads, parts = (re.search(each, point) for each in (r"(\d+)t\b", r"-x(\d+)-"))
        return (
            point != entry.get("default"),
            LATE.index(source) + 1 if source in LATE else 0,
            int(parts[1]) if parts else 0,
            -(layers + networks),
            point.endswith("int8"),
            -int(threads[1]) if threads else 0,
            point,
        )

    return sorted(points, key=order)


if __name__ == "__main__":
    main()
