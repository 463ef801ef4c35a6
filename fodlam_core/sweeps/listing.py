"""What can be an axis of a sweep of a configuration."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from fodlam_core.sweeps.axes import swept_rules, written_axes
from fodlam_core.sweeps.chip_files import read_chips, rules_in
from fodlam_core.sweeps.keys import is_file, known_keys, names_for

if TYPE_CHECKING:
    from fodlam_core.config.load import Source
    from fodlam_core.plugins.registry import Registry

KINDS: dict[Any, str] = {
    bool: "true, false",
    int: "whole numbers",
    float: "numbers",
    str: "names",
    tuple: "lists",
    Mapping: "tables",
}


def possible_axes(source: Source, registry: Registry) -> list[tuple[str, str]]:
    """Return the keys that can be axes, each with the values that it can have.

    Args:
        source: the configuration; it needs no ``[sweep]`` table.
        registry: what is installed.
    """
    technology, sweep = (_table(source, name) for name in ("technology", "sweep"))
    registry = read_chips(source.tables, sweep, source.directory, registry).registry
    scaler = technology.get("scaler", "dennard")
    rules = swept_rules(written_axes(sweep), scaler, registry)
    known = known_keys(registry, rules, len(rules_in(source.tables.get("dispatch"))))
    axes = [(key, _takes(key, known[key], registry)) for key in known]
    return [*axes, ("accelerator.NAME.file", "files, each of an accelerator NAME")]


def _table(source: Source, name: str) -> Mapping[str, Any]:
    table = source.tables.get(name)
    return table if isinstance(table, Mapping) else {}


def _takes(key: str, type_: Any, registry: Registry) -> str:
    names = names_for(key, registry)
    if names is not None:
        return ", ".join(names) or "none is installed"
    return "files" if is_file(key) else ", ".join(_kinds(type_))


def _kinds(type_: Any) -> Sequence[str]:
    """Return the values of a type in words.

    >>> _kinds(int | Literal["published"] | None)
    ['whole numbers', 'published']
    """
    origin = get_origin(type_)
    if origin is Literal:
        return [str(choice) for choice in get_args(type_)]
    if origin in (Union, types.UnionType):
        return [text for each in get_args(type_) if each is not type(None) for text in _kinds(each)]
    return [KINDS.get(origin or type_, "values")]
