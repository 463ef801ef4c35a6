"""Tables without a mistake to attrs classes whose fields are of plain types: the short way.

Nearly every table is one, and a run reads a dozen. What is not is taken up again by
`fodlam_core.schema.mistakes`, which knows every type, tells every mistake, and takes its time.
What is made here would be made there too, and be the same.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs

from fodlam_core.schema import KEY, REST
from fodlam_core.schema.numbers import is_number

_TESTS: dict[Any, Callable[[Any], bool]] = {
    str: lambda value: isinstance(value, str),
    bool: lambda value: type(value) is bool,
    int: lambda value: type(value) is int,
    float: is_number,
    NoneType: lambda value: value is None,
    Any: lambda _: True,
}


class NotPlain(Exception):  # noqa: N818, it is not an error
    """A value is of another type than its field, or the type of the field is not plain."""


def made(value: object, type_: Any) -> Any:
    """Return a parsed value as one of a type, such as a table as an instance of an attrs class.

    Raises:
        NotPlain: if this is not the place to tell what is wrong, if anything is.
        TypeError, ValueError, FodlamError: by a check of a class.
    """
    origin, inner = get_origin(type_), get_args(type_)
    if type_ in _TESTS and _TESTS[type_](value):
        return value
    if origin is Literal and isinstance(value, str) and value in inner:
        return value
    if origin in (Union, UnionType):
        return _one_of(inner, value)
    if origin is tuple and inner[1:] == (...,) and isinstance(value, list | tuple):
        return tuple([made(each, inner[0]) for each in value])
    if origin is Mapping and isinstance(value, Mapping) and all(isinstance(k, str) for k in value):
        return {key: made(each, inner[1]) for key, each in value.items()}
    if isinstance(type_, type) and attrs.has(type_) and isinstance(value, Mapping):
        return _instance(type_, value)
    raise NotPlain(value)


def _one_of(types: tuple[Any, ...], value: object) -> Any:
    """Return a value as one of a type, of a few words, or none."""
    if sum(each is not NoneType and get_origin(each) is not Literal for each in types) > 1:
        raise NotPlain(value)
    for each in types:
        try:
            return made(value, each)
        except NotPlain:
            continue
    raise NotPlain(value)


def _instance(cls: Any, table: Mapping[Any, Any]) -> Any:
    fields, rest = _fields(cls)
    values: dict[str, Any] = {}
    more: dict[Any, Any] = {}
    for key, value in table.items():
        if key in fields:
            name, type_ = fields[key]
            values[name] = made(value, type_)
        else:
            more[key] = value
    if more:
        if rest is None:
            raise NotPlain(table)
        values[rest] = more
    return cls(**values)  # a key that is missing is a TypeError


@functools.cache
def _fields(cls: Any) -> tuple[Mapping[Any, tuple[str, Any]], str | None]:
    """Return the name and type of each field by its key, and the one that takes further keys."""
    fields = attrs.fields(cls)
    if any(isinstance(field.type, str) for field in fields):
        fields = attrs.fields(attrs.resolve_types(cls))
    rest = next((field.name for field in fields if REST in field.metadata), None)
    return {
        field.metadata.get(KEY, field.name): (field.name, field.type)
        for field in fields
        if field.name != rest
    }, rest
