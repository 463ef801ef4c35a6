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


@functools.cache
def index() -> dict[str, Any]:
    """Return the index: by chip, what the register says of it, its aliases and its points.

    ``tools/index.py`` writes it. A point is a list of the source, the kinds of layers, the title,
    and how many rows it has of layers and of networks.
    """
    chips: dict[str, Any] = json.loads((HERE / "index.json").read_bytes())
    return chips


def points() -> Iterator[DeferredAccelerator]:
    """Yield every operating point; the default one of a chip answers to the chip's names too."""
    for chip, entry in index().items():
        for point, (_, kinds, title, *_) in entry["points"].items():
            yield DeferredAccelerator(
                f"{chip}/{point}",
                kinds.split(),
                functools.partial(_load, chip, point),
                f"{entry['title']}: {title}",
                (chip, *entry["aliases"]) if point == entry["default"] else (),
            )


def _load(chip: str, point: str) -> Any:
    from .point import accelerator

    return accelerator(chip, point)
