"""The JSON Schema of what the commands print, made from the types of `records`."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from fodlam_core.analyses.records import RECORDS
from fodlam_core.errors import UnknownNameError, unknown

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PLAIN = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
    dict: "object",
}
# Fields of a configuration that describe it, and are not inputs.
NOT_INPUTS = ("source", "fodlam", "warnings")


def json_schema(command: str) -> dict[str, Any]:
    """Return the schema of what a command prints with ``--format json``.

    Keys that it does not name are allowed, for later versions may add some.

    Args:
        command: the command, such as ``"run"``, with its action, such as ``"chips show"``.

    Raises:
        UnknownNameError: if there is no such command, or it prints no JSON.

    >>> schema = json_schema("chips")
    >>> schema["$defs"]["ChipRow"]["properties"]["node_nm"]
    {'anyOf': [{'type': 'number'}, {'type': 'null'}]}
    """
    command = command.removesuffix(" list")
    if command not in RECORDS:
        raise UnknownNameError(unknown("command with JSON", command, RECORDS))
    defs: dict[str, Any] = {}
    root = _schema(RECORDS[command], defs)
    title = f"fodlam-core {command} --format json"
    return {"$schema": DIALECT, "title": title, **root, "$defs": dict(sorted(defs.items()))}


def _schema(type_: Any, defs: dict[str, Any]) -> dict[str, Any]:
    origin, inner = get_origin(type_), get_args(type_)
    if type_ is Any:
        return {}
    if type_ in PLAIN:
        return {"type": PLAIN[type_]}
    if origin is Annotated:
        return {**_schema(inner[0], defs), "description": inner[1]}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(each, defs) for each in inner]}
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in (list, tuple):
        return {"type": "array", "items": _schema(inner[0], defs)}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": _schema(inner[1], defs)}
    return _object(type_, defs)


def _object(cls: Any, defs: dict[str, Any]) -> dict[str, Any]:
    """Return a reference to the schema of a class, which is put among the definitions."""
    if cls.__name__ not in defs:
        defs[cls.__name__] = {}  # so that one that holds itself ends
        hints = get_type_hints(cls, include_extras=True)
        names = [name for name in hints if name not in NOT_INPUTS or not attrs.has(cls)]
        defs[cls.__name__] = {
            "type": "object",
            "description": (cls.__doc__ or "").partition("\n")[0],
            "properties": {name: _schema(hints[name], defs) for name in names},
            "required": names,
        }
    return {"$ref": f"#/$defs/{cls.__name__}"}
