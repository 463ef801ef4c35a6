"""Finds the plugins that are installed, and those in a file that the user names."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from typing import TYPE_CHECKING

from fodlam_core.errors import PluginError
from fodlam_core.plugins.isolation import isolated
from fodlam_core.plugins.loading import load
from fodlam_core.plugins.plugin import CORE, GROUP, Plugin, distribution

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

BLOCK = "FODLAM_BLOCK_PLUGINS"


def installed_plugins(specs: type, others: bool = True) -> tuple[Plugin, ...]:
    """Load every plugin of the ``fodlam`` entry-point group, sorted by name.

    A plugin that fails, or whose name another distribution claims as well, comes back with its
    problem and disturbs no other. Those that the environment variable ``FODLAM_BLOCK_PLUGINS``
    names, by plugin or by distribution, separated by commas, are not even imported.

    Args:
        specs: the hook specifications.
        others: whether to load the plugins of other distributions than fodlam-core.
    """
    points, plugins = _entry_points()
    blocked = {name.strip() for name in os.environ.get(BLOCK, "").split(",")} - {""}
    distributions = blocked - {point.name for point in points}
    loadable = []
    for point in points:
        by = _blocked_by(point, blocked, distributions, others)
        if by:
            plugins.append(Plugin(point.name, source=point, blocked=by))
        else:
            loadable.append(point)
    names = [point.name for point in loadable]
    for point in loadable:
        if names.count(point.name) > 1:
            plugins.append(_claimed_twice(point, loadable))
        else:
            plugins.append(load(point.name, point, point.load, specs))
    return tuple(sorted(plugins, key=lambda plugin: (plugin.name, plugin.distribution)))


def unknown_blocks(plugins: Iterable[Plugin]) -> list[str]:
    """Return a sentence for each name in ``FODLAM_BLOCK_PLUGINS`` that blocks nothing."""
    blocked = [name.strip() for name in os.environ.get(BLOCK, "").split(",") if name.strip()]
    if not blocked:
        return []
    from fodlam_core.errors import unknown

    known = {name for each in plugins if each.source for name in (each.name, each.distribution)}
    return [f"{BLOCK}: {unknown('plugin', name, known)}" for name in blocked if name not in known]


def file_plugin(path: str, specs: type) -> Plugin:
    """Load a plugin from a Python file, to try it before it is a package.

    Raises:
        PluginError: if it cannot be used: unlike an installed one it was asked for.
    """
    folder, name = os.path.split(os.path.splitext(os.path.realpath(path))[0])
    if name == "__init__":
        name = os.path.basename(folder)
    plugin = load(name, path, lambda: _import_file(path, name), specs)
    if plugin.problem:
        raise PluginError(f"--plugin {path}: {plugin.problem}")
    return plugin


def _import_file(path: str, name: str) -> ModuleType:
    from importlib.util import module_from_spec, spec_from_file_location

    if not os.path.isfile(path):
        raise PluginError("no such file")
    package = [os.path.dirname(path)] if os.path.basename(path) == "__init__.py" else None
    spec = spec_from_file_location(
        f"fodlam_plugin_{name}", path, submodule_search_locations=package
    )
    if spec is None or spec.loader is None:
        raise PluginError("not a Python file; give a file whose name ends in .py")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # data classes and relative imports look it up there
    spec.loader.exec_module(module)
    return module


def _entry_points() -> tuple[list[importlib.metadata.EntryPoint], list[Plugin]]:
    """Return the entry points of the group, and a broken plugin for each damaged distribution."""
    points, error = isolated(lambda: list(importlib.metadata.entry_points(group=GROUP)))
    if error is None:
        return points or [], []
    # The metadata of some distribution is damaged: read them one by one, so as to lose no other.
    found: dict[tuple[str, str], importlib.metadata.EntryPoint] = {}
    damaged = []
    for dist in importlib.metadata.distributions():
        own, error = isolated(getattr, dist, "entry_points")
        if error is None:
            chosen = [point for point in own or () if point.group == GROUP]
            found |= {(distribution(point)[0], point.name): point for point in chosen}
        elif f"[{GROUP}]" in (dist.read_text("entry_points.txt") or ""):
            name = dist.name or "unknown"
            problem = f"the entry points of {name} cannot be read; reinstall or uninstall it"
            damaged.append(Plugin(name, problem=problem, source=name))
    return list(found.values()), damaged


def _blocked_by(
    point: importlib.metadata.EntryPoint, names: set[str], distributions: set[str], others: bool
) -> str | None:
    if point.name in names:
        return BLOCK
    if not distributions and others:
        return None  # the name of a distribution has to be read from its metadata, which takes time
    name = distribution(point)[0]
    if name in distributions:
        return BLOCK
    return None if others or name == CORE else "--no-plugins"


def _claimed_twice(
    point: importlib.metadata.EntryPoint, points: list[importlib.metadata.EntryPoint]
) -> Plugin:
    claims = sorted(" ".join(distribution(each)) for each in points if each.name == point.name)
    problem = (
        f"its name is claimed by {' and '.join(claims)}; uninstall one of them, or leave one out "
        f"with {BLOCK}={distribution(point)[0]}"
    )
    return Plugin(point.name, problem=problem, source=point)
