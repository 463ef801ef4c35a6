"""The keys of a configuration that can be axes, and what of an estimate each of them changes."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from fodlam_core.config import (
    AcceleratorConfig,
    NetworkConfig,
    PointConfig,
    TechnologyConfig,
)
from fodlam_core.networks.zoo import zoo_names
from fodlam_core.registry import Registry

# What an axis changes: the factors between technology points, the costs at the accelerators' own
# points, or only how many inferences these are for, in which a cost is linear.
TECHNOLOGY, COSTS, BATCH = "technology", "costs", "batch"


def known_keys(registry: Registry, scalers: Iterable[str]) -> list[str]:
    """Return every key that can be an axis.

    Args:
        registry: what is installed.
        scalers: the rules of the sweep, whose options are keys as well.
    """
    keys = [f"network.{name}" for name in _fields(NetworkConfig)]
    keys += [f"technology.{name}" for name in _fields(TechnologyConfig)]
    for scaler in scalers:
        options = getattr(registry.scaler(scaler), "options", None)
        keys += [f"technology.options.{name}" for name in _fields(options)]
    keys += [f"dispatch.{kind}" for kind in registry.names("layer kind")]
    for accelerator in registry.accelerators:
        own = [name for name in _fields(AcceleratorConfig) if name not in ("technology", "options")]
        own += [f"technology.{name}" for name in _fields(PointConfig)]
        own += _fields(accelerator.options)
        keys += [f"accelerator.{accelerator.name}.{name}" for name in own]
    return list(dict.fromkeys(keys))


def _fields(cls: type | None) -> list[str]:
    return [field.name for field in attrs.fields(cls)] if cls else []


def names_for(key: str, registry: Registry) -> list[str] | None:
    """Return the names that a key can have as its value; None if it takes no names."""
    first, *rest = key.split(".")
    if key == "network.name":
        return zoo_names()
    if key == "technology.scaler":
        return registry.names("rule")
    if first == "dispatch":
        return [each.name for each in registry.accelerators if rest[0] in each.kinds]
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
    if first == "technology" or (first == "accelerator" and rest[1:2] == ["technology"]):
        return TECHNOLOGY
    if key == "network.batch" and all(isinstance(value, int) for value in values):
        return BATCH
    return COSTS


def with_values(tables: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables with keys set; the tables given stay as they are.

    >>> with_values({"network": {"batch": 1}}, {"network.batch": 2, "technology.vdd": 1.0})
    {'network': {'batch': 2}, 'technology': {'vdd': 1.0}}
    """
    result: dict[str, Any] = copy.deepcopy(dict(tables))
    for key, value in values.items():
        *path, last = key.split(".")
        table = result
        for name in path:
            inner = table.setdefault(name, {})
            if not isinstance(inner, dict):
                inner = table[name] = {}  # the mistake is told when the base is checked
            table = inner
        table[last] = value
    return result
