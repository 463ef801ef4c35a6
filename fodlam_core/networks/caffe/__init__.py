"""Reads Caffe's prototxt, without Caffe.

A new layer type goes into `output_shapes` or, if it costs MACs, `walk`; fields are in `schema`.

Layers of all three generations are read, the test phase of a file that holds several. MACs are
those of one inference: the batch of the file is divided out, and what runs once for each region
(after ROI pooling) is repeated as often as ``regions`` says, a product with that many rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from fodlam_core.model.layers import Network
    from fodlam_core.networks.reader import ReadOptions


class CaffeReader:
    """Reads Caffe's prototxt."""

    name = "caffe"
    suffixes = (".prototxt", ".pbtxt", ".pt")
    max_bytes = 8_000_000

    def accepts(self, head: bytes) -> bool:
        """Tell a prototxt from PyTorch's archives and pickles, which share a suffix with it."""
        return not head.startswith((b"PK", b"\x80"))

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Read a file.

        Raises:
            NetworkError: naming file and line.
        """
        from fodlam_core.networks.caffe.walk import walk

        return walk(path, options)
