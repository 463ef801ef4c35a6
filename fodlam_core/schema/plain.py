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

Maker = Callable[[Any], Any]


class NotPlain(Exception):  # noqa: N818, it is no error
    """A value is of another type than its field, or the type of the field is not plain."""


def made(table: object, cls: Any) -> Any:
    """Return a table as an instance of an attrs class.

    Raises:
        NotPlain: if this is not the place to tell what is wrong, if anything is.
        TypeError, ValueError, FodlamError: by a check of the class.
    """
    return _maker(cls)(table)


@functools.cache
def _maker(type_: Any) -> Maker:
    """Return what makes a value of a type out of a parsed one."""
    origin, inner = get_origin(type_), get_args(type_)
    if type_ in _TESTS:
        return _such(_TESTS[type_])
    if type_ is Any:
        return lambda value: value
    if origin is Literal:
        return _such(lambda value: isinstance(value, str) and value in inner)
    if origin in (Union, UnionType):
        return _either(inner)
    if origin is tuple and inner[1:] == (...,):
        return _list_of(_maker(inner[0]))
    if origin is Mapping and inner[0] is str:
        return _table_of(_maker(inner[1]))
    if isinstance(type_, type) and attrs.has(type_):
        return _table_as(type_)
    raise NotPlain(type_)


_TESTS: dict[Any, Callable[[Any], bool]] = {
    str: lambda value: isinstance(value, str),
    bool: lambda value: isinstance(value, bool),
    int: lambda value: type(value) is int,
    float: is_number,
    NoneType: lambda value: value is None,
}


def _such(test: Callable[[Any], bool]) -> Maker:
    def make(value: Any) -> Any:
        if not test(value):
            raise NotPlain(value)
        return value

    return make


def _either(types: tuple[Any, ...]) -> Maker:
    """Return what makes a value of one type, or takes one of a few words or none."""
    plain = [each for each in types if each is not NoneType and get_origin(each) is not Literal]
    if len(plain) > 1:
        raise NotPlain(types)
    makers = [_maker(each) for each in types]

    def make(value: Any) -> Any:
        for each in makers:
            try:
                return each(value)
            except NotPlain:
                continue
        raise NotPlain(value)

    return make


def _list_of(item: Maker) -> Maker:
    def make(values: Any) -> Any:
        if not isinstance(values, list | tuple):
            raise NotPlain(values)
        return tuple(map(item, values))

    return make


def _table_of(item: Maker) -> Maker:
    def make(table: Any) -> Any:
        if not isinstance(table, Mapping) or not all(isinstance(key, str) for key in table):
            raise NotPlain(table)
        return {key: item(value) for key, value in table.items()}

    return make


def _table_as(cls: type[Any]) -> Maker:
    fields = attrs.fields(cls)
    if any(isinstance(field.type, str) for field in fields):
        fields = attrs.fields(attrs.resolve_types(cls))
    rest = next((field.name for field in fields if REST in field.metadata), None)
    known = {
        field.metadata.get(KEY, field.name): (field.name, _maker(field.type))
        for field in fields
        if field.name != rest
    }

    def make(table: Any) -> Any:
        if not isinstance(table, Mapping):
            raise NotPlain(table)
        values, more = {}, {}
        for key, value in table.items():
            if key in known:
                name, maker = known[key]
                values[name] = maker(value)
            else:
                more[key] = value
        if rest and more:
            values[rest] = more
        elif more:
            raise NotPlain(more)
        return cls(**values)  # a key that is missing is a TypeError

    return make
