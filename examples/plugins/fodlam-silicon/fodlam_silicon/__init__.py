"""Published measurements of hundreds of real chips, behind one door.

Each source has a folder with its tables; ``chips.toml`` is the register of chips, ``index.json``
what is known without reading a table. ``tools/`` makes the tables from what the sources publish.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core import LayerKind, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core import DeferredAccelerator

FODLAM_API = 2


@hookimpl
def fodlam_accelerators() -> Iterable[DeferredAccelerator]:
    """Supply every operating point of every chip; its tables are read when it is used."""
    from .catalogue import points

    return points()


@hookimpl
def fodlam_layer_kinds() -> Iterable[LayerKind]:
    """Supply the kind of layer that some of the tables have beside those of the core."""
    yield LayerKind("recurrent", "recurrent layer: the same products again in every time step")
