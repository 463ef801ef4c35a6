"""The plugins of fodlam-core itself, whose names and defaults nobody else can have.

They stand here as well as in the plugins because a name stays taken while its plugin is blocked or
broken: nothing of a stranger may slip into its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.plugins.plugin import CORE, distribution

if TYPE_CHECKING:
    import importlib.metadata


# Each supplies an accelerator of its name.
OWN = ("eie", "eyeriss")
RESERVED = {("accelerator", name): name for name in OWN}
# Which of them serves a kind of layer by default.
DEFAULTS = {"conv": "eyeriss", "fc": "eie"}


def is_own(point: importlib.metadata.EntryPoint) -> bool:
    """Tell whether an entry point is one of fodlam-core; a stranger's may have the same name."""
    return point.name in OWN and distribution(point)[0] == CORE
