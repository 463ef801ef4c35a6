"""A plugin to copy: one accelerator, from the data file beside this module."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fodlam_core import Accelerator, hookimpl, load_accelerator

if TYPE_CHECKING:
    from collections.abc import Iterable

FODLAM_API = 2


@hookimpl
def fodlam_accelerators() -> Iterable[Accelerator]:
    """Supply the accelerator."""
    return [load_accelerator(Path(__file__).with_name("titan-x.toml"))]
