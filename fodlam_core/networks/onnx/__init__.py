"""Reads ONNX: shapes and operators; the weights stay on the disk.

A new operator goes into `operators` or, if it costs MACs, `layers`.

MACs are those of one inference: a symbolic batch becomes 1, and a batch in the file is divided
out. Other symbolic sizes have to be told, where layers depend on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from fodlam_core.networks.onnx.operators import Rule

if TYPE_CHECKING:
    from pathlib import Path

    from fodlam_core.model.layers import Network
    from fodlam_core.networks.reader import ReadOptions


@attrs.frozen
class OnnxReader:
    """Reads ONNX.

    A plugin whose files hold operators of its own supplies a reader with rules for them, under
    another name; ``[network] format`` then asks for it.

    Attributes:
        name: what ``[network] format`` calls it.
        suffixes: file name endings that it is tried on.
        operators: rules besides those of `fodlam_core.networks.onnx.operators`, by the full name of
            the operator, such as ``"com.example.Fused"``.
        max_bytes: the largest file it takes; None, as weights are left out while reading.
    """

    name: str = "onnx"
    suffixes: tuple[str, ...] = (".onnx",)
    operators: Mapping[str, Rule] = attrs.field(factory=dict, hash=False)
    max_bytes: int | None = None

    def accepts(self, head: bytes) -> bool:
        """Tell whether it may be ONNX; the format has no mark of its own."""
        return True

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Read a file.

        Raises:
            NetworkError: naming file and node.
        """
        from fodlam_core.errors import NetworkError
        from fodlam_core.libraries import need

        need("onnx", "an ONNX network", "onnx", NetworkError)
        from fodlam_core.networks.onnx.operators import RULES
        from fodlam_core.networks.onnx.read import read

        return read(path, options, {**RULES, **self.operators})
