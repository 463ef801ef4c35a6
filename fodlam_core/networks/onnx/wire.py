"""Copies an ONNX file without its weights, so that a large one need not fit into memory.

An ONNX file is a protobuf message; here just enough of its wire format is read to leave out the
data of every large tensor and keep the rest as it is. Field numbers: ``onnx/onnx.proto3``.
"""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# Tensors up to this size are kept: sizes and axes, on which shapes depend, are among them.
SMALL_BYTES = 4096
# The rest, operators and names, of the largest models known is a few megabytes.
MAX_SKELETON_BYTES = 64_000_000
# Short ones take a hundred times their bytes in memory; the largest models known have a tenth as
# many operators and tensors.
MAX_ENTRIES = 400_000
MAX_DEPTH = 50


class _Message(NamedTuple):
    """A message: which of its fields hold messages that may hold tensors, and which hold data."""

    fields: Mapping[int, str]
    data: frozenset[int] = frozenset()


_MESSAGES = {
    "model": _Message({7: "graph", 25: "function"}, frozenset({20})),  # 20: training_info
    "graph": _Message({1: "node", 5: "tensor", 15: "sparse"}),
    "function": _Message({7: "node"}),
    "node": _Message({5: "attribute"}),
    "attribute": _Message({5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse"}),
    "sparse": _Message({1: "tensor", 2: "tensor"}),
    "tensor": _Message({}, frozenset({4, 5, 6, 7, 9, 10, 11})),
}


def without_weights(path: Path) -> bytes:
    """Return an ONNX file without the data of its large tensors.

    Raises:
        NetworkError: if the file is empty, cut off, or no protobuf message.
    """
    with path.open("rb") as file:
        try:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            raise NetworkError(f"{path}: an empty file") from None
        with data:
            try:
                return bytes(_Skeleton(data, path).of(0, len(data), "model"))
            except _MalformedError as error:
                raise NetworkError(
                    f"{path}: not ONNX, or cut off: {error.args[0]} at byte {error.args[1]}"
                ) from None


class _MalformedError(Exception):
    """What is wrong, and at which byte."""


# A field: its number and wire type, where it starts, its contents and where it ends.
_Field = tuple[int, int, int, int, int]


class _Skeleton:
    """Copies messages without large data, and counts what they hold."""

    def __init__(self, data: Any, path: Path) -> None:
        self._data, self._path, self._count = data, path, 0

    def of(self, start: int, end: int, kind: str, depth: int = 0) -> bytearray:
        """Return the message between two bytes."""
        message = _MESSAGES[kind]
        out = bytearray()
        if depth > MAX_DEPTH:
            raise _MalformedError("graphs nested too deeply", start)
        for number, wire, begin, body, stop in _fields(self._data, start, end):
            self._count += 1
            inner = message.fields.get(number)
            large = stop - begin > SMALL_BYTES
            if large and number in message.data:
                if hasattr(mmap, "MADV_DONTNEED"):  # the system maps much around what is read
                    self._data.madvise(mmap.MADV_DONTNEED)
                continue
            if large and inner and wire == 2:
                held = self.of(body, stop, inner, depth + 1)
                out += _varint_bytes(number << 3 | 2) + _varint_bytes(len(held)) + held
            elif len(out) + stop - begin > MAX_SKELETON_BYTES or self._count > MAX_ENTRIES:
                raise NetworkError(f"{self._path}: more operators and tensors than networks have")
            else:
                out += self._data[begin:stop]
        return out


def _fields(data: Any, start: int, end: int) -> Iterator[_Field]:
    while start < end:
        key, body = _varint(data, start, end)
        number, wire = key >> 3, key & 7
        if wire == 0:
            stop = _varint(data, body, end)[1]
        elif wire == 1:
            stop = body + 8
        elif wire == 2:
            length, body = _varint(data, body, end)
            stop = body + length
        elif wire == 5:
            stop = body + 4
        else:
            raise _MalformedError("no field of a message", start)
        if number < 1 or stop > end:
            raise _MalformedError("a field reaches beyond its end", start)
        yield number, wire, start, body, stop
        start = stop


def _varint(data: Any, start: int, end: int) -> tuple[int, int]:
    if start < end and data[start] < 0x80:  # at once: most numbers are small
        return data[start], start + 1
    value = shift = 0
    for index in range(start, min(end, start + 10)):
        byte = data[index]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, index + 1
        shift += 7
    raise _MalformedError("an incomplete number", start)


def _varint_bytes(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
