"""The keys of a configuration that can be axes, and what of an estimate each of them changes."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.config import (
    AcceleratorConfig,
    DispatchRule,
    NetworkConfig,
    PointConfig,
    TechnologyConfig,
)
from fodlam_core.config.system import KEYS as SYSTEM_KEYS
from fodlam_core.errors import similar
from fodlam_core.networks.zoo import zoo_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from fodlam_core.plugins.registry import Registry

# What an axis changes: the factors between technology points, the costs at the accelerators' own
# points, or only how many inferences these are for, or what surrounds the chip; in both of these
# what they change is linear.
TECHNOLOGY, COSTS, BATCH, SYSTEM = "technology", "costs", "batch", "system"
[DRAM_KEY] = SYSTEM_KEYS
# All rules as one value, or a key of one: dispatch.rules.1.accelerator.
DISPATCH_RULES = "dispatch.rules"
DRAM_PRICE = f"system.{DRAM_KEY}"
MOST_MEANT = 3
# Of the table of an accelerator: tables of their own, and the file of one that is not installed.
APART = ("file", "technology", "options")


def known_keys(registry: Registry, scalers: Iterable[str], rules: int = 0) -> dict[str, Any]:
    """Return every key that can be an axis, with the type of its values.

    The files of accelerators are left out: their names are not known beforehand.

    Args:
        registry: what is installed.
        scalers: the rules of the sweep, whose options are keys as well.
        rules: the number of dispatch rules of the configuration.
    """
    keys = _fields("network", NetworkConfig) | _fields("technology", TechnologyConfig)
    for scaler in scalers:
        keys |= _fields("technology.options", getattr(registry.scaler(scaler), "options", None))
    keys |= {f"dispatch.{kind}": str for kind in registry.names("layer kind")}
    keys[DISPATCH_RULES] = tuple[DispatchRule, ...]
    for number in range(1, rules + 1):
        keys |= _fields(f"{DISPATCH_RULES}.{number}", DispatchRule)
    for accelerator in registry.accelerators:
        table = f"accelerator.{accelerator.name}"
        own = _fields(table, AcceleratorConfig)
        keys |= {key: own[key] for key in own if key.rpartition(".")[2] not in APART}
        keys |= _fields(f"{table}.technology", PointConfig) | _fields(table, accelerator.options)
    return keys | {f"system.{name}": float for name in SYSTEM_KEYS}


def _fields(table: str, cls: type | None) -> dict[str, Any]:
    fields = attrs.fields(attrs.resolve_types(cls)) if cls else ()
    return {f"{table}.{field.name}": field.type for field in fields}


def unknown_axis(key: str, known: Collection[str]) -> str:
    """Say that a key can be no axis, which ones were probably meant, and how to list all.

    >>> print(unknown_axis("vdd", ["network.batch", "technology.vdd"]))
    unknown axis 'vdd'; did you mean 'technology.vdd'? `fodlam-core sweep CONFIG --axes` lists all 2
    """
    listed = f"`fodlam-core sweep CONFIG --axes` lists all {len(known)}"
    within = [name for name in known if name.startswith(f"{key}.")]
    if within:
        return f"{key!r} is a table, and axes are single keys, such as {within[0]!r}; {listed}"
    ends = similar(key.rpartition(".")[2], {name.rpartition(".")[2] for name in known})
    names = similar(key, known) or [name for name in known if name.rpartition(".")[2] in ends]
    hint = f"did you mean {' or '.join(map(repr, names[:MOST_MEANT]))}? " if names else ""
    return f"unknown axis {key!r}; {hint}{listed}"


def is_file(key: str) -> bool:
    """Return whether the values of a key are files, relative to the configuration.

    >>> is_file("network.file"), is_file("accelerator.mychip.file"), is_file("network.name")
    (True, True, False)
    """
    return key == "network.file" or is_chip_file(key)


def is_chip_file(key: str) -> bool:
    """Return whether a key names the data file of an accelerator."""
    return key.startswith("accelerator.") and key.split(".")[2:] == ["file"]


def names_for(key: str, registry: Registry) -> list[str] | None:
    """Return the names that a key can have as its value; None if it takes no names."""
    first, *rest = key.split(".")
    if key == "network.name":
        return zoo_names()
    if key == "technology.scaler":
        return registry.names("rule")
    if first == "dispatch" and rest[:1] == ["rules"]:
        return registry.names("accelerator") if rest[2:] == ["accelerator"] else None
    if first == "dispatch":
        return [each.name for each in registry.serving(rest[0])]
    if first == "accelerator" and rest[1:] == ["predictor"]:
        return [each.name for each in registry.accelerator(rest[0]).predictors]
    return None


def changes(key: str, values: Iterable[Any]) -> str:
    """Return what an axis changes.

    >>> changes("accelerator.eie.technology.vdd", [1.0]), changes("network.batch", [1, 2])
    ('technology', 'batch')
    >>> changes("network.batch", [1, "published"]), changes("dispatch.conv", ["eyeriss"])
    ('costs', 'costs')
    """
    first, *rest = key.split(".")
    if first == "system":
        return SYSTEM
    if first == "technology" or (first == "accelerator" and rest[1:2] == ["technology"]):
        return TECHNOLOGY
    if key == "network.batch" and all(isinstance(value, int) for value in values):
        return BATCH
    return COSTS


def with_values(tables: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables with keys set; the tables given stay as they are.

    >>> with_values({"network": {"batch": 1}}, {"network.batch": 2, "technology.vdd": 1.0})
    {'network': {'batch': 2}, 'technology': {'vdd': 1.0}}
    >>> rules = {"dispatch": {"rules": [{"form": "depthwise", "accelerator": "eyeriss"}]}}
    >>> with_values(rules, {"dispatch.rules.1.accelerator": "nvdla"})
    {'dispatch': {'rules': [{'form': 'depthwise', 'accelerator': 'nvdla'}]}}
    """
    result: dict[str, Any] = copy.deepcopy(dict(tables))
    for key, value in values.items():
        *path, last = key.split(".")
        table = result
        for name in path:
            table = _inner(table, name)
        table[last] = value
    return result


def _inner(table: dict[str, Any], name: str) -> Any:
    """Return a table in a table, or those of a list by their numbers."""
    inner = table.get(name)
    if isinstance(inner, list):  # from 1 on; what is written to another number goes nowhere
        return {str(number): each for number, each in enumerate(inner, 1)}
    if not isinstance(inner, dict):
        inner = table[name] = {}  # the mistake is reported when the base is checked
    return inner
