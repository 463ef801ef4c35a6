"""A plugin to copy: one accelerator, from the data file beside this module."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fodlam_core import Accelerator, hookimpl, load_accelerator

FODLAM_API = 1


@hookimpl
def fodlam_accelerators() -> Iterable[Accelerator]:
    """Supply the accelerator."""
    return [load_accelerator(Path(__file__).with_name("titan-x.toml"))]
