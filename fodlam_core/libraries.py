"""The libraries that extras bring, imported where they are needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from fodlam_core.errors import FodlamError

# Module -> its distribution, where their names differ.
DISTRIBUTIONS = {"google": "protobuf", "yaml": "PyYAML"}


def need(
    module: str, what: str, extra: str | None = None, error: type[FodlamError] = FodlamError
) -> Any:
    """Import a module of an optional distribution.

    Args:
        module: its dotted name.
        what: what it is needed for.
        extra: the extra of this distribution that brings it; None if none does.
        error: the class of the error.

    Raises:
        FodlamError: saying what to install, or why what is installed cannot be imported.

    >>> need("missing.part", "a figure", "plot")
    Traceback (most recent call last):
    fodlam_core.errors.FodlamError: a figure needs missing; run: pip install 'fodlam-core[plot]'
    """
    top = module.partition(".")[0]
    package = DISTRIBUTIONS.get(top, top)
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        brings = f"'fodlam-core[{extra}]'" if extra else package
        raise error(f"{what} needs {package}", cure=f"run: pip install {brings}") from missing
    except ImportError as broken:
        raise error(f"{what} needs {package}, which cannot be imported: {broken}") from broken
