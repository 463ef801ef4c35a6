"""Memory that all layers share: they read at one place of it, and write at another.

In a network a layer reads what was just written, and writes where an earlier one has read. So its
activations are in the caches as far as they fit, and lie on whole vectors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

ALIGNMENT = 256
"""Bytes that a tensor begins at a multiple of, as onnxruntime places them."""
PAGE = 4096
LEAST_BYTES = 2**24


@attrs.define
class Places:
    """A place in memory for each use of tensors and type of their elements."""

    _buffers: dict[tuple[str, str], Any] = attrs.field(factory=dict, init=False)

    def placed(self, use: str, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """Return arrays as they are, one after the other at the place of their use.

        Args:
            use: what they are for; only those of another use are left alone.
            arrays: by name, each of whole numbers or of floating-point ones.
        """
        made = {}
        offsets: dict[str, int] = {}
        for name, array in arrays.items():
            kind = array.dtype.str
            start = offsets.get(kind, 0)
            offsets[kind] = start + -(-array.nbytes // ALIGNMENT) * ALIGNMENT
            made[name] = kind, start
        return {
            name: self._view(use, kind, start, offsets[kind], arrays[name])
            for name, (kind, start) in made.items()
        }

    def _view(self, use: str, kind: str, start: int, bytes_: int, array: Any) -> Any:
        """Return an array at its place; a place too small is left to those who have it."""
        buffer = self._buffers.get((use, kind))
        if buffer is None or buffer.nbytes < bytes_:
            buffer = self._buffers[use, kind] = _on_page(max(LEAST_BYTES, bytes_))
        view = buffer[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
        view[...] = array
        return view


def _on_page(bytes_: int) -> Any:
    """Return so many bytes that begin with a page."""
    import numpy as np

    raw = np.empty(bytes_ + PAGE, np.uint8)
    start = -raw.ctypes.data % PAGE
    return raw[start : start + bytes_]
