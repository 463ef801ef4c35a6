"""Reads ONNX: shapes and operators; the weights stay on the disk.

MACs are those of one inference: a symbolic batch becomes 1, and a batch in the file is divided
out. Other symbolic sizes of the first input have to be told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from fodlam_core.model.layers import Network
    from fodlam_core.networks.reader import ReadOptions


class OnnxReader:
    """Reads ONNX."""

    name = "onnx"
    suffixes = (".onnx",)
    max_bytes = None  # weights are left out while reading, whatever their size

    def accepts(self, head: bytes) -> bool:
        """Tell whether it may be ONNX; the format has no mark of its own."""
        return True

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Read a file.

        Raises:
            NetworkError: naming file and node.
        """
        from fodlam_core.networks.onnx.walk import walk

        return walk(path, options)
