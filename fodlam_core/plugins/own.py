"""The plugins of fodlam-core itself, whose names and defaults nobody else can have.

They stand here as well as in the plugins because a name stays taken while its plugin is blocked or
broken: nothing of a stranger may slip into its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.named_tuple import NamedTuple
from fodlam_core.plugins.plugin import CORE, distribution

if TYPE_CHECKING:
    import importlib.metadata


class Own(NamedTuple):
    """What a plugin of fodlam-core supplies.

    Attributes:
        accelerators: the names of its accelerators.
        default_for: the layer kinds that one of them serves by default.
    """

    accelerators: tuple[str, ...]
    default_for: tuple[str, ...]


# By the name of the entry point.
OWN = {"eie": Own(("eie",), ("fc",)), "eyeriss": Own(("eyeriss",), ("conv",))}
RESERVED = {("accelerator", name): plugin for plugin in OWN for name in OWN[plugin].accelerators}
DEFAULTS = {kind: plugin for plugin in OWN for kind in OWN[plugin].default_for}


def is_own(point: importlib.metadata.EntryPoint) -> bool:
    """Tell whether an entry point is one of fodlam-core; a stranger's may have the same name."""
    return point.name in OWN and distribution(point)[0] == CORE
