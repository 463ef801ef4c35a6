"""The ``[sweep]`` table: axes, groups of axes that advance together, and conditions."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import unknown
from fodlam_core.sweeps.file_patterns import matching_files
from fodlam_core.sweeps.keys import (
    changes,
    is_chip_file,
    is_file,
    known_keys,
    names_for,
    unknown_axis,
)
from fodlam_core.sweeps.ranges import KEYS, Range, range_of

if TYPE_CHECKING:
    from fodlam_core.plugins.registry import Registry

RESERVED = ("zip", "where")
INT64 = range(-(2**63), 2**63)


class Axis(NamedTuple):
    """A key of the configuration and the values that it goes through.

    Attributes:
        key: the key, dotted.
        values: the values.
        changes: what of an estimate it changes, see `keys`.
        type: type of its column: ``"int"``, ``"float"``, ``"bool"`` or ``"text"``.
    """

    key: str
    values: Sequence[Any]
    changes: str
    type: str

    def labels(self, start: int = 0, stop: int | None = None) -> Sequence[Any]:
        """Return values as the column of the result holds them."""
        values = self.values[start:stop]
        return [label(value) for value in values] if self.type == "text" else values


class Axes(NamedTuple):
    """Everything that a ``[sweep]`` table says.

    Attributes:
        groups: the axes; those of a group advance together.
        where: conditions in SQL that a point of the result has to meet.
    """

    groups: tuple[tuple[Axis, ...], ...]
    where: tuple[str, ...]

    @property
    def axes(self) -> list[Axis]:
        """All axes, in the order in which they were written."""
        return [axis for group in self.groups for axis in group]


def label(value: object) -> str:
    """Return a value as text: a string as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, default=str)


def read_axes(
    table: Mapping[str, Any], scaler: str, directory: str, registry: Registry, rules: int = 0
) -> tuple[Axes, list[str]]:
    """Return the axes of a ``[sweep]`` table, and a line for everything that is wrong with it.

    Args:
        table: the table.
        scaler: the rule that the configuration names outside of it.
        directory: where patterns of file names start.
        registry: what keys and names are checked against.
        rules: the number of dispatch rules of the configuration.
    """
    problems: list[str] = []
    axes: dict[str, Axis] = {}
    written = written_axes(table)
    scalers = swept_rules(written, scaler, registry)
    known = known_keys(registry, scalers, rules)
    for key, given in written:
        if key in axes:
            problems.append(f"[sweep] {key}: is given twice")
            continue
        if key not in known and not is_chip_file(key):
            problems.append(f"[sweep]: {_no_axis(key, known, scalers)}")
            continue
        try:
            values = axis_values(key, given, directory, registry)
            axes[key] = Axis(
                key=key, values=values, changes=changes(key, _sample(values)), type=_type(values)
            )
        except ValueError as error:
            problems.append(f"[sweep] {key}: {error}")
    for key in axes:
        problems += [
            f"[sweep] {key}: holds {other}, which is an axis as well; write one of them"
            for other in axes
            if other.startswith(f"{key}.")
        ]
    if not written:
        problems.append('[sweep]: no axis; write for example "technology.node_nm" = [65, 45, 28]')
    zips = list(_lists("zip", table.get("zip", []), problems))
    groups = _groups(axes, zips, problems, {key for key, _ in written})
    where = table.get("where", [])
    where = [where] if isinstance(where, str) else where
    if not isinstance(where, list) or not all(isinstance(text, str) for text in where):
        problems.append('[sweep] where: expected conditions, such as "technology.vdd > 0.8"')
        where = []
    return Axes(tuple(groups), tuple(where)), problems


def written_axes(table: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the dotted keys of a ``[sweep]`` table, each with what is written for it."""
    return list(_flatten({k: v for k, v in table.items() if k not in RESERVED}, ()))


def _flatten(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield dotted keys with what is written for them, however the table is nested."""
    for key, value in table.items():
        if isinstance(value, Mapping) and not any(name in value for name in (*KEYS, "glob")):
            yield from _flatten(value, (*path, key))
        else:
            yield ".".join((*path, key)), value


def swept_rules(written: Sequence[tuple[str, Any]], scaler: str, registry: Registry) -> list[str]:
    """Return the known rules among those that the sweep goes through.

    Args:
        written: the axes as they are written.
        scaler: the rule that the configuration names outside of them.
        registry: what is installed.
    """
    names = [scaler]
    for key, given in written:
        if key == "technology.scaler":
            names = given if isinstance(given, list) else registry.names("rule")
    named = {registry.aliases.get(("rule", name), name) for name in names if type(name) is str}
    return [name for name in registry.names("rule") if name in named]


def _no_axis(key: str, known: Collection[str], scalers: Sequence[str]) -> str:
    option = key.removeprefix("technology.options.")
    if option != key and scalers:
        return f"{option!r} is not an option of {' or '.join(scalers)}, so it cannot be an axis"
    return unknown_axis(key, known)


def axis_values(key: str, given: object, directory: str, registry: Registry) -> Sequence[Any]:
    """Return the values of an axis.

    Args:
        key: its key.
        given: what is written for it: a list, a range or a pattern.
        directory: where patterns of file names start.
        registry: the names that a pattern can match.

    Raises:
        ValueError: saying what is wrong.
    """
    if isinstance(given, Mapping):
        return _matching(key, given, directory, registry) if "glob" in given else range_of(given)
    if not isinstance(given, list):
        raise ValueError(f"expected a list of values or a range {{start, stop, num}}, got {given}")
    if not given:
        raise ValueError("an empty list; an axis needs at least one value")
    seen = set()
    for value in given:
        if label(value) in seen:
            raise ValueError(f"{label(value)} is given twice")
        seen.add(label(value))
    return given


def _matching(
    key: str, given: Mapping[str, Any], directory: str, registry: Registry
) -> Sequence[str]:
    pattern = given["glob"]
    if not isinstance(pattern, str) or len(given) > 1:
        raise ValueError('expected {glob = "PATTERN"} and nothing else')
    if is_file(key):
        found = matching_files(pattern, directory)
    else:
        names = names_for(key, registry)
        if names is None:
            raise ValueError("glob matches files or names, and this key takes neither")
        found = fnmatch.filter(names, pattern)
    if not found:
        raise ValueError(f"nothing matches {pattern!r}" + (f" in {directory}" if directory else ""))
    return sorted(found)


def _sample(values: Sequence[Any]) -> Sequence[Any]:
    """Return values enough to tell the types of all."""
    return values[:2] if isinstance(values, Range) else values


def _type(values: Sequence[Any]) -> str:
    types = {type(value) for value in _sample(values)}
    if types == {bool}:
        return "bool"
    if types == {int} and all(value in INT64 for value in (values[0], values[-1], *values[:2])):
        return "int"
    return "float" if types <= {int, float} else "text"


def _lists(name: str, given: object, problems: list[str]) -> Iterator[list[str]]:
    """Yield the groups of keys; a single group may be written without the outer list."""
    groups = given if isinstance(given, list) else [given]
    if groups and all(isinstance(key, str) for key in groups):
        groups = [groups]
    for group in groups:
        if isinstance(group, list) and all(isinstance(key, str) for key in group):
            yield group
        else:
            problems.append(f"[sweep] {name}: expected lists of axes, got {group!r}")


def _groups(
    axes: dict[str, Axis], zips: list[list[str]], problems: list[str], written: set[str]
) -> list[tuple[Axis, ...]]:
    """Return the axes in their groups, in the order of their first axes."""
    group_of: dict[str, tuple[str, ...]] = {key: (key,) for key in axes}
    zipped: set[str] = set()
    for keys in zips:
        for key in keys:
            if key not in written:
                problems.append(f"[sweep] zip: {unknown('axis', key, written)}")
            elif key in zipped:
                problems.append(f"[sweep] zip: {key} is in two groups, or twice in one")
            zipped.add(key)
        members = [key for key in keys if key in axes]
        lengths = {key: len(axes[key].values) for key in members}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{key} has {length}" for key, length in lengths.items())
            problems.append(f"[sweep] zip: axes of one group need equally many values, but {told}")
        else:
            group_of |= dict.fromkeys(members, tuple(dict.fromkeys(members)))
    return [tuple(axes[key] for key in keys) for keys in dict.fromkeys(group_of.values())]
