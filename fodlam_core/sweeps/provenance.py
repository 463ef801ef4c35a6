"""What a result rests on: configuration, versions and hashes of the data, carried with it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from fodlam_core.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.plugins.registry import Registry
    from fodlam_core.sweeps.plan import Plan
    from fodlam_core.sweeps.selection import Selection

# The key under which a Parquet file carries it.
METADATA_KEY = "fodlam"
# The key of the run that wrote a part, and of its number.
STAMP_KEY = "fodlam.part"


def provenance(
    plan: Plan,
    registry: Registry,
    columns: Sequence[str],
    selection: Selection,
    shard: str | None,
) -> dict[str, Any]:
    """Return everything that two runs of a sweep have to agree on to give the same rows.

    A hash is the SHA-256 of the rows of a published table or of the layers of a network.
    """
    versions = {
        plugin.distribution: plugin.version for plugin in registry.plugins if not plugin.problem
    }
    return {
        "configuration": plan.base,
        "sweep": {
            "axes": {axis.key: _values(axis.values) for axis in plan.axes.axes},
            "groups": [[axis.key for axis in group] for group in plan.axes.groups],
            "where": list(plan.axes.where),
        },
        "points": plan.grid.points,
        "columns": list(columns),
        "pareto": list(selection.pareto),
        "top": selection.top,
        "by": selection.by,
        "distinct": list(selection.distinct),
        "shard": shard,
        "versions": {**dict(sorted(versions.items())), "fodlam-core": __version__},
        "networks": {each.name: _digest(each.layers) for each in plan.networks},
        "accelerators": {
            each.name: _digest((each.technology, each.measurements))
            for each in registry.accelerators
        },
        "files": [_digest((each.technology, each.measurements)) for each in plan.accelerators],
    }


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Return which parts of two provenances differ."""
    return [key for key in {**one, **other} if one.get(key) != other.get(key)]


def as_text(metadata: dict[str, Any]) -> str:
    """Return a provenance as JSON."""
    return json.dumps(metadata, sort_keys=True, default=str)


def _values(values: Sequence[Any]) -> Any:
    return repr(values) if not isinstance(values, list) else values


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()
