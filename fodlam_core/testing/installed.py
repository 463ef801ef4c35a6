"""What the checks compare a plugin with."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fodlam_core.plugins.registry import load_registry

if TYPE_CHECKING:
    from fodlam_core.plugins.registry import Registry


@cache
def ours() -> Registry:
    """Return what fodlam-core itself supplies."""
    return load_registry(installed=False)


@cache
def everything() -> Registry:
    """Return everything that is installed."""
    return load_registry()
