"""A reader whose module is imported when it is first used."""

from __future__ import annotations

from pathlib import Path

from fodlam_core.deferred import Deferred
from fodlam_core.layers import Network
from fodlam_core.readers import ReadOptions


class DeferredReader(Deferred):
    """Stands for a reader.

    Attributes:
        suffixes: file name endings that it may be tried on.
    """

    def __init__(self, name: str, suffixes: tuple[str, ...], module: str, maker: str) -> None:
        """Take the name of the reader, what it reads, and where it is."""
        super().__init__(name, module, maker)
        self.suffixes = suffixes

    def accepts(self, head: bytes) -> bool:
        """Tell from the first bytes of a file whether it is of this format."""
        return bool(self._object.accepts(head))

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Read a file."""
        network: Network = self._object.read(path, options)
        return network
