"""Parsed tables to attrs classes through cattrs: strict, with a line for each mistake."""

from __future__ import annotations

import functools
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar, get_args, get_origin

import attrs
from cattrs import Converter

from fodlam_core.config.model import AcceleratorConfig, Batch
from fodlam_core.errors import ConfigError, unknown

T = TypeVar("T")
# The keys of an accelerator's table that the core knows itself.
ACCELERATOR_KEYS = ("predictor", "file", "technology")
Hook = Callable[[Any, Any], Any]


class Mistakes(Exception):  # noqa: N818, several mistakes are no single error
    """Everything that is wrong with a table: for each mistake the keys to it, and what it is.

    The last key is empty where the mistake is the table's own.
    """

    def __init__(self, found: list[tuple[tuple[str, ...], str]]) -> None:
        super().__init__(found)
        self.found = found


def structure(table: object, cls: type[T], path: tuple[str, ...]) -> tuple[T | None, list[str]]:
    """Return the table as an instance of an attrs class, or None and what is wrong with it.

    Args:
        table: the parsed table.
        cls: the attrs class.
        path: the keys that lead to the table, for messages.

    >>> from fodlam_core.config import TechnologyConfig
    >>> structure({"node_nm": "45", "vd": 1.0}, TechnologyConfig, ("technology",))[1]
    ... # doctest: +NORMALIZE_WHITESPACE
    ["[technology]: unknown key 'vd'; did you mean 'vdd'?",
     "[technology] node_nm: expected a number, got '45'"]
    """
    try:
        return _converter().structure(table, cls), []
    except Mistakes as error:
        found = error.found
    except (TypeError, ValueError) as error:
        found = [(("",), str(error))]
    places = ((path + keys, text) for keys, text in found)
    return None, [f"{place(keys[:-1], keys[-1])}: {text}" for keys, text in places]


def checked_options(table: object, cls: type[T], path: tuple[str, ...]) -> T:
    """Return the table as an instance of an attrs class.

    Raises:
        ConfigError: with a line for each mistake.
    """
    options, problems = structure(table, cls, path)
    if options is None:
        raise ConfigError(problems)
    return options


def place(path: tuple[str, ...], key: str = "") -> str:
    """Return how messages name a key: ``[table] key``.

    >>> place(("accelerator", "eie"), "predictor")
    '[accelerator.eie] predictor'
    """
    table = f"[{'.'.join(map(_bare, path))}]" if path else ""
    return " ".join(part for part in (table, _bare(key) if key else "") if part)


def _bare(key: str) -> str:
    """Return a key as TOML has it: in quotes if it has other than letters, digits, - and _."""
    return key if re.fullmatch(r"[\w-]+", key, re.ASCII) else json.dumps(key)


def show(value: object) -> str:
    """Return a value as messages quote it: short."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


@functools.cache
def _converter() -> Converter:
    converter = Converter()
    for type_, what, test in (
        (str, "a string", lambda value: isinstance(value, str)),
        (bool, "true or false", lambda value: isinstance(value, bool)),
        (int, "a whole number", lambda value: type(value) is int),
        (float, "a number", _is_number),
    ):
        converter.register_structure_hook(type_, _expect(what, test))
    converter.register_structure_hook(
        Batch,
        _expect(
            'a whole number or "published"',
            lambda value: type(value) is int or value == "published",
        ),
    )
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


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max


def _expect(what: str, test: Callable[[Any], bool]) -> Hook:
    def hook(value: Any, type_: Any) -> Any:
        if not test(value):
            raise TypeError(f"expected {what}, got {show(value)}")
        return value

    return hook


def _one_of(choices: tuple[Any, ...]) -> Hook:
    def hook(value: Any, type_: Any) -> Any:
        if not isinstance(value, str) or value not in choices:
            names = ", ".join(f'"{choice}"' for choice in choices)
            raise ValueError(f"expected one of {names}, got {show(value)}")
        return value

    return hook


def _list_of(converter: Converter, type_: Any) -> Hook:
    item_type = get_args(type_)[0]
    item = converter.get_structure_hook(item_type)

    def hook(values: Any, type_: Any) -> Any:
        if not isinstance(values, list | tuple):
            raise TypeError(f"expected a list, got {show(values)}")
        if attrs.has(item_type):  # a list of tables: each mistake has a place of its own
            numbered = {str(n): (item, item_type, value) for n, value in enumerate(values, 1)}
            return tuple(_gather(numbered).values())
        items, problems = [], []
        for value in values:
            try:
                items.append(item(value, item_type))
            except (TypeError, ValueError) as error:
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

    def hook(table: Any, type_: Any) -> Any:
        _expect_table(table)
        return _gather({str(key): (item, value_type, value) for key, value in table.items()})

    return hook


def _table_as(converter: Converter, cls: type[Any]) -> Hook:
    """Structure a table as an attrs class; each field's validator runs apart from the others."""
    fields = attrs.fields(attrs.resolve_types(cls))
    hooks = {field.name: _field(converter, field) for field in fields}
    needed = [field.name for field in fields if field.default is attrs.NOTHING and field.init]

    def hook(table: Any, type_: Any) -> Any:
        _expect_table(table)
        if cls is AcceleratorConfig:
            table = _gather_options(table)
        extra = [(("",), unknown("key", str(key), hooks)) for key in table if key not in hooks]
        extra += [((key,), "is missing") for key in needed if key not in table]
        given = {key: (hooks[key], None, value) for key, value in table.items() if key in hooks}
        values = _gather(given, extra)
        try:
            return cls(**values)
        except ValueError as error:
            raise Mistakes([(("",), str(error))]) from error

    return hook


def _gather(
    values: dict[str, tuple[Hook, Any, Any]], found: Sequence[tuple[tuple[str, ...], str]] = ()
) -> dict[str, Any]:
    """Structure each value, and raise the mistakes of all of them at once."""
    found, structured = list(found), {}
    for key, (hook, type_, value) in values.items():
        try:
            structured[key] = hook(value, type_)
        except Mistakes as error:
            found += [((key, *keys), text) for keys, text in error.found]
        except (TypeError, ValueError) as error:
            found.append(((key,), str(error)))
    if found:
        raise Mistakes(found)
    return structured


def _field(converter: Converter, field: attrs.Attribute[Any]) -> Hook:
    base = converter.get_structure_hook(field.type)

    def hook(value: Any, type_: Any) -> Any:
        value = base(value, field.type)
        if field.validator is not None:
            field.validator(None, field, value)
        return value

    return hook


def _gather_options(table: Mapping[str, Any]) -> dict[str, Any]:
    """Put all keys that the core does not know itself under ``options``."""
    known = {key: value for key, value in table.items() if key in ACCELERATOR_KEYS}
    rest = {key: value for key, value in table.items() if key not in known}
    return {**known, "options": rest} if rest else known
