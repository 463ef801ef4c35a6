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
                return bytes(_copy(data, 0, len(data), "model", 0))
            except _MalformedError as error:
                raise NetworkError(
                    f"{path}: not ONNX, or cut off: {error.args[0]} at byte {error.args[1]}"
                ) from None


class _MalformedError(Exception):
    """What is wrong, and at which byte."""


class _Field(NamedTuple):
    """A field: its number and wire type, where it starts, its contents and where it ends."""

    number: int
    wire: int
    start: int
    body: int
    end: int


def _copy(data: Any, start: int, end: int, kind: str, depth: int) -> bytearray:
    message = _MESSAGES[kind]
    out = bytearray()
    if depth > MAX_DEPTH:
        raise _MalformedError("graphs nested too deeply", start)
    for field in _fields(data, start, end):
        inner = message.fields.get(field.number)
        large = field.end - field.start > SMALL_BYTES
        if large and field.number in message.data:
            continue
        if large and inner and field.wire == 2:
            body = _copy(data, field.body, field.end, inner, depth + 1)
            out += _varint_bytes(field.number << 3 | 2) + _varint_bytes(len(body)) + body
        elif len(out) + field.end - field.start > MAX_SKELETON_BYTES:
            raise _MalformedError("more operators than any network has", field.start)
        else:
            out += data[field.start : field.end]
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
        yield _Field(number, wire, start, body, stop)
        start = stop


def _varint(data: Any, start: int, end: int) -> tuple[int, int]:
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
