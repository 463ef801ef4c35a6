"""The libraries that only sweeps need, or the line that installs them."""

from __future__ import annotations

import importlib
from typing import Any

from fodlam_core.errors import FodlamError


def need(module: str, extra: str) -> Any:
    """Import a module that an extra of the distribution brings.

    Raises:
        FodlamError: if it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise FodlamError(
            f"{module.partition('.')[0]} is not installed; run: pip install 'fodlam-core[{extra}]'"
        ) from error
