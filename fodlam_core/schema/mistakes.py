"""Parsed tables to attrs classes through cattrs: fields of every type, and every mistake at once.

Tables without mistakes rarely come here: see `fodlam_core.schema.plain`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_origin

import attrs
from cattrs import Converter

from fodlam_core.errors import FodlamError, similar, unknown
from fodlam_core.schema import KEY, REST, show
from fodlam_core.schema.numbers import is_number

T = TypeVar("T")
K = TypeVar("K", bound=str | int)
Hook = Callable[[Any, Any], Any]
MISTAKES = (TypeError, ValueError, FodlamError)  # what checks of values raise


class Mistake(NamedTuple):
    """One mistake.

    Attributes:
        path: the keys to it; the last is empty where the mistake is the table's own.
        text: what it is.
        unknown: the key, where the mistake is that no field has it.
        cure: what to do, where the text does not say it.
    """

    path: tuple[str | int, ...]
    text: str
    unknown: str | None = None
    cure: tuple[str, ...] = ()


class Mistakes(Exception):  # noqa: N818, it holds several mistakes
    """Everything that is wrong with a table."""

    def __init__(self, found: list[Mistake]) -> None:
        super().__init__(found)
        self.found = found


def structured(table: object, cls: type[T]) -> T:
    """Return the table as an instance of an attrs class.

    Raises:
        Mistakes: all of them.
    """
    try:
        return _converter().structure(table, cls)
    except MISTAKES as error:
        raise Mistakes([Mistake(("",), str(error))]) from error


@functools.cache
def _converter() -> Converter:
    converter = Converter()
    for type_, what, test in (
        (str, "a string", lambda value: isinstance(value, str)),
        (bool, "true or false", lambda value: isinstance(value, bool)),
        (int, "a whole number", lambda value: type(value) is int),
        (float, "a number", is_number),
    ):
        converter.register_structure_hook(type_, _expect(what, test))
    converter.register_structure_hook(int | Literal["published"], _whole_or("published"))
    converter.register_structure_hook(int | Literal["none"] | None, _whole_or("none"))
    converter.register_structure_hook_factory(
        _has_origin(Literal), lambda type_: _one_of(get_args(type_))
    )
    converter.register_structure_hook_factory(
        _has_origin(tuple), lambda type_: _list_of(converter, type_)
    )
    converter.register_structure_hook_factory(
        _has_origin(Mapping), lambda type_: _table_of(converter, type_)
    )
    converter.register_structure_hook_factory(attrs.has, lambda cls: _table_as(converter, cls))
    return converter


def _has_origin(origin: object) -> Callable[[Any], bool]:
    return lambda type_: get_origin(type_) is origin


def _expect(what: str, test: Callable[[Any], bool]) -> Hook:
    def hook(value: Any, _type: Any) -> Any:
        if not test(value):
            raise TypeError(f"expected {what}, got {show(value)}")
        return value

    return hook


def _whole_or(word: str) -> Hook:
    return _expect(f'a whole number or "{word}"', lambda value: type(value) is int or value == word)


def _one_of(choices: tuple[Any, ...]) -> Hook:
    def hook(value: Any, _type: Any) -> Any:
        if not isinstance(value, str) or value not in choices:
            names = ", ".join(f'"{choice}"' for choice in choices)
            raise ValueError(f"expected one of {names}, got {show(value)}")
        return value

    return hook


def _list_of(converter: Converter, type_: Any) -> Hook:
    item_type = get_args(type_)[0]
    item = converter.get_structure_hook(item_type)

    def hook(values: Any, _type: Any) -> Any:
        if not isinstance(values, list | tuple):
            raise TypeError(f"expected a list, got {show(values)}")
        if attrs.has(item_type):  # a list of tables: each mistake has a place of its own
            numbered = {n: (item, item_type, value) for n, value in enumerate(values, 1)}
            return tuple(_gather(numbered).values())
        items, problems = [], []
        for value in values:
            try:
                items.append(item(value, item_type))
            except MISTAKES as error:
                problems.append(str(error))
        if problems:
            raise ValueError("; ".join(problems))
        return tuple(items)

    return hook


def _expect_table(value: Any) -> None:
    if not isinstance(value, Mapping):
        raise TypeError(f"expected a table, got {show(value)}")


def _table_of(converter: Converter, type_: Any) -> Hook:
    """Structure a table with any keys, such as that of the accelerators."""
    value_type = get_args(type_)[1]
    item = converter.get_structure_hook(value_type)

    def hook(table: Any, _type: Any) -> Any:
        _expect_table(table)
        return _gather({str(key): (item, value_type, value) for key, value in table.items()})

    return hook


def _table_as(converter: Converter, cls: type[Any]) -> Hook:
    """Structure a table as an attrs class; each field's validator runs apart from the others."""
    fields = attrs.fields(attrs.resolve_types(cls))
    rest = next((field.name for field in fields if REST in field.metadata), None)
    keys = {field.metadata.get(KEY, field.name): field for field in fields if field.name != rest}
    hooks = {key: _field(converter, field) for key, field in keys.items()}
    needed = [key for key, field in keys.items() if field.default is attrs.NOTHING]

    def hook(table: Any, _type: Any) -> Any:
        _expect_table(table)
        more = {key: value for key, value in table.items() if key not in hooks}
        extra = [] if rest else [_unknown(str(key), hooks) for key in more]
        meant = {name for key in more if not rest for name in similar(str(key), hooks)}
        extra += [
            Mistake((key,), "is missing", cure=("add it",))
            for key in needed
            if key not in {*table, *meant}
        ]
        given = {key: (hooks[key], None, value) for key, value in table.items() if key in hooks}
        found = _gather(given, extra)
        values = {keys[key].name: value for key, value in found.items()}
        if rest and more:
            values[rest] = more
        try:
            return cls(**values)
        except (ValueError, FodlamError) as error:
            raise Mistakes([Mistake(("",), str(error))]) from error

    return hook


def _unknown(key: str, known: Iterable[str]) -> Mistake:
    return Mistake(("",), unknown("key", key, known), key)


def _gather(
    values: Mapping[K, tuple[Hook, Any, Any]], found: Sequence[Mistake] = ()
) -> dict[K, Any]:
    """Structure each value, and raise the mistakes of all of them at once."""
    wrong, structured = list(found), {}
    for key, (hook, type_, value) in values.items():
        try:
            structured[key] = hook(value, type_)
        except Mistakes as error:
            wrong += [each._replace(path=(key, *each.path)) for each in error.found]
        except MISTAKES as error:
            text = str(error).removeprefix(f"{key}: ").removeprefix(f"{key} ")
            wrong.append(Mistake((key,), text))
    if wrong:
        raise Mistakes(wrong)
    return structured


def _field(converter: Converter, field: attrs.Attribute[Any]) -> Hook:
    base = converter.get_structure_hook(field.type)

    def hook(value: Any, _type: Any) -> Any:
        value = base(value, field.type)
        if field.validator is not None:
            field.validator(None, field, value)
        return value

    return hook
