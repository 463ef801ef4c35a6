"""Copies an ONNX file without its weights, so that a large one need not fit into memory.

An ONNX file is a protobuf message; here just enough of its wire format is read to leave out the
data of every large tensor and keep the rest as it is. Field numbers: ``onnx/onnx.proto3``.
"""

from __future__ import annotations

import mmap
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

# Tensors up to this size are kept: sizes and axes, on which shapes depend, are among them.
SMALL_BYTES = 4096
# The rest, operators and names, of the largest models known is a few megabytes.
MAX_SKELETON_BYTES = 64_000_000
# Short ones take a hundred times their bytes in memory; the largest models known have a tenth as
# many operators and tensors.
MAX_ENTRIES = 400_000
# What the messages inside of small ones take in memory, most of it for empty ones of two bytes. So
# much of a file is not looked into: most networks have no more.
MAX_UNFOLDED_BYTES = 160_000_000
UNSEEN_BYTES = 500_000
MAX_DEPTH = 50


def _varint_bytes(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class _Message(NamedTuple):
    """A message.

    Attributes:
        fields: which of its fields hold messages.
        data: which of them hold data of tensors.
        size: about what an empty one takes in memory, in bytes.
    """

    fields: Mapping[int, str] = {}
    data: frozenset[int] = frozenset()
    size: int = 70


_MESSAGES = {
    "model": _Message({7: "graph", 25: "function"}, frozenset({20})),  # 20: training_info
    "graph": _Message(
        {1: "node", 5: "tensor", 11: "value", 12: "value", 13: "value", 15: "sparse"}, size=130
    ),
    "function": _Message({7: "node", 11: "attribute", 12: "value"}),
    "node": _Message({5: "attribute", 9: "entry"}, size=130),
    "attribute": _Message(
        {5: "tensor", 6: "graph", 10: "tensor", 11: "graph"}
        | {14: "type", 15: "type", 22: "sparse", 23: "sparse"},
        size=200,
    ),
    "sparse": _Message({1: "tensor", 2: "tensor"}),
    "tensor": _Message({13: "entry", 16: "entry"}, frozenset({4, 5, 6, 7, 9, 10, 11}), 170),
    "value": _Message({2: "type", 4: "entry"}),
    "type": _Message({1: "shaped", 4: "element", 5: "map", 8: "shaped", 9: "element"}),
    "shaped": _Message({2: "shape"}),
    "element": _Message({1: "type"}),
    "map": _Message({2: "type"}),
    "shape": _Message({1: "entry"}),
    "entry": _Message(),
}


def _keys(fields: Iterable[int]) -> re.Pattern[bytes]:
    """Return what finds the first byte of any of some fields, written short or long."""
    first = [_varint_bytes(number << 3 | 2)[0] for number in fields]
    return re.compile(b"[" + re.escape(bytes(first) + bytes(each | 0x80 for each in first)) + b"]")


# Where no byte is that such a field begins with, there is none.
_KEYS = {name: _keys(message.fields) for name, message in _MESSAGES.items() if message.fields}


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
        self._data, self._path = data, path
        self._count = self._copied = self._unfolded = 0

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
                continue
            if len(out) + stop - begin > MAX_SKELETON_BYTES or self._count > MAX_ENTRIES:
                raise self._too_much()
            if inner and self._copied > UNSEEN_BYTES:
                self._unfold(body, stop, inner, depth + 1)
            self._copied += stop - begin
            out += self._data[begin:stop]
        return out

    def _unfold(self, start: int, end: int, kind: str, depth: int) -> None:
        """Add up what the messages in a message take in memory."""
        self._unfolded += _MESSAGES[kind].size
        if self._unfolded > MAX_UNFOLDED_BYTES:
            raise self._too_much()
        if depth > MAX_DEPTH:
            raise _MalformedError("graphs nested too deeply", start)
        if kind not in _KEYS or not _KEYS[kind].search(self._data, start, end):
            return
        fields = _MESSAGES[kind].fields
        for number, wire, _, body, stop in _fields(self._data, start, end):
            if wire == 2 and number in fields:
                self._unfold(body, stop, fields[number], depth + 1)

    def _too_much(self) -> NetworkError:
        return NetworkError(f"{self._path}: more operators and tensors than networks have")


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
