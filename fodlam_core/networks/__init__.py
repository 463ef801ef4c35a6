"""Networks: the zoo, and the readers of network files.

A new format is a folder with a reader, and a line in `fodlam_core.plugins.builtin`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fodlam_core.networks.torch import from_torch as from_torch

__all__ = ["from_torch"]


def __getattr__(name: str) -> Any:
    if name != "from_torch":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from fodlam_core.networks.torch import from_torch

    return from_torch
