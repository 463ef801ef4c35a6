"""Reads the text of a prototxt into a message, and tells where in it things are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import NetworkError, similar
from fodlam_core.files import FileError, read_bytes
from fodlam_core.networks.caffe.schema import (
    HARMLESS,
    V1_TYPES,
    fields_of,
    library,
    message_class,
    message_of_param,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Messages where a misspelt field would silently change a shape.
_STRICT = ("convolution_param", "inner_product_param", "pooling_param", "reshape_param")
_TYPE = re.compile(
    r"""\#[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\btype\s*:\s*([A-Z][A-Z0-9_]*)\b"""
)
_TOKEN = re.compile(
    r"""\#[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?P<name>[A-Za-z_]\w*)(?=\s*[:{<])"""
    r"""|(?P<open>[{<])|(?P<close>[}>])""",
)


class Parsed(NamedTuple):
    """A prototxt.

    Attributes:
        net: the ``NetParameter``.
        lines: the line on which each ``layer`` (or ``layers``) starts, in order.
        notes: what was not understood.
    """

    net: Any
    lines: list[int]
    notes: list[str]


def parse(path: Path) -> Parsed:
    """Parse a prototxt, fields that do not bear on shapes left aside.

    Raises:
        NetworkError: naming file and line.
    """
    text = _text(path)
    text_format = library("google.protobuf.text_format")
    net = message_class("NetParameter", _foreign_types(text))()
    try:
        text_format.Parse(text, net, allow_unknown_field=True)
    except text_format.ParseError as error:
        line = error.GetLine()
        what = re.sub(r"^\d+:\d+ : ", "", str(error))
        raise NetworkError(f"{path}:{line}: {what}" if line else f"{path}: {what}") from None
    lines, notes, problems = [], [], []
    for line, parent, name in _fields(text):
        if parent == "" and name in ("layer", "layers"):
            lines.append(line)
        elif parent in _STRICT and name not in HARMLESS:
            known = fields_of(message_of_param()[parent])
            if name in known:
                continue
            meant = similar(name, known)
            if meant:
                problems.append(
                    f"{path}:{line}: {parent}: unknown field {name!r}; "
                    f"did you mean {' or '.join(map(repr, meant))}?"
                )
            else:
                notes.append(f"{path}:{line}: {parent}: field {name!r} is not known and ignored")
    if problems:
        raise NetworkError(*problems)
    return Parsed(net, lines, notes)


def _foreign_types(text: str) -> tuple[str, ...]:
    """Return the layer types of the second format that Caffe itself does not have."""
    found = {match[1] for match in _TYPE.finditer(text) if match[1]}
    return tuple(sorted(found.difference(V1_TYPES)))


def _text(path: Path) -> str:
    try:
        data = read_bytes(path)
    except FileError as error:
        raise NetworkError(f"{path}: {error}") from error
    if b"\0" in data:
        raise NetworkError(
            f"{path}: a binary file, not a prototxt; give the file that describes the layers, "
            "not the one with the weights"
        )
    # Only comments and file names are ever outside ASCII, and those in any encoding.
    return data.decode("utf-8-sig", errors="replace")


def _fields(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, name of the field around it, and name of every field; ``""`` is the top."""
    stack = [""]
    line, seen, last = 1, 0, ""
    for token in _TOKEN.finditer(text):
        if token["name"]:
            line += text.count("\n", seen, token.start())
            seen = token.start()
            last = token["name"]
            yield line, stack[-1], last
        elif token["open"]:
            stack.append(last)
        elif token["close"] and len(stack) > 1:
            stack.pop()
