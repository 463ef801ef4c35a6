"""What is in the library, as the index says: no table is read."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fodlam_core import DeferredAccelerator

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
FACTS = ("vendor", "device", "node_nm", "memory_bytes")
# What the index has of a point after its source, kinds and title.
TOLD = ("layers", "networks", "precision", "provenance", "latency_error", "energy_error")
TOLD += ("latency_is", "predicts", "chip_count")


@functools.cache
def index() -> dict[str, Any]:
    """Return the index: by chip, what the register says of it, its aliases and its points.

    ``tools/index.py`` writes it. The points stand in order of preference, each a list of the
    source, the kinds of layers, the title, and what `TOLD` names.
    """
    chips: dict[str, Any] = json.loads((HERE / "index.json").read_bytes())
    return chips


def points() -> Iterator[DeferredAccelerator]:
    """Yield every operating point; the default one of a chip answers to the chip's names too."""
    for chip, entry in index().items():
        for point, (source, kinds, title, *rest) in entry["points"].items():
            facts = {name: entry[name] for name in FACTS if name in entry}
            facts |= dict(zip(TOLD, rest, strict=True), source=source)
            yield DeferredAccelerator(
                f"{chip}/{point}",
                kinds.split(),
                functools.partial(_load, chip, point),
                f"{entry['title']}: {title}",
                (chip, *entry["aliases"]) if point == entry["default"] else (),
                facts=facts,
                knows=None if facts["predicts"] else functools.partial(_knows, source, chip, point),
            )


def _knows(source: str, chip: str, point: str, network: str) -> bool:
    from .rows import table_bytes

    table = table_bytes(HERE / source / "networks" / f"{chip}.csv")
    return f"\n{point},{network},".encode() in table


def _load(chip: str, point: str) -> Any:
    from .point import accelerator

    return accelerator(chip, point)
