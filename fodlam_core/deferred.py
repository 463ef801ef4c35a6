"""Something whose module is imported when it is first used, so that a run pays for no other."""

from __future__ import annotations

import functools
import importlib
from typing import Any


@functools.cache
def _load(module: str, maker: str) -> Any:
    return getattr(importlib.import_module(module), maker)()


class Deferred:
    """Stands for an object without state; everything but its name is that of the object.

    Attributes:
        name: the name of the object.
        module: the module to import.
        maker: the class or function in it that makes the object.
    """

    def __init__(self, name: str, module: str, maker: str) -> None:
        """Take the name of the object and where it is."""
        self.name, self.module, self.maker = name, module, maker

    @property
    def _object(self) -> Any:
        return _load(self.module, self.maker)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # pickle and copy ask before there are any attributes
            raise AttributeError(name)
        return getattr(self._object, name)
