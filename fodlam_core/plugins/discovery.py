"""Finds the plugins that are installed, and those in a file that the user names."""

from __future__ import annotations

import importlib.metadata
import os
from functools import reduce
from typing import TYPE_CHECKING

from fodlam_core.errors import PluginError
from fodlam_core.plugins.isolation import isolated
from fodlam_core.plugins.loading import load
from fodlam_core.plugins.modules import forget_named, import_file, module_name, python_file
from fodlam_core.plugins.own import is_own
from fodlam_core.plugins.plugin import CORE, GROUP, Plugin, distribution
from fodlam_core.plugins.watchdog import watched

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    EntryPoints = Sequence[importlib.metadata.EntryPoint]

BLOCK = "FODLAM_BLOCK_PLUGINS"


def find_plugins(
    specs: type, *, others: bool = True, files: Iterable[str] = ()
) -> tuple[Plugin, ...]:
    """Load every plugin of the ``fodlam`` entry-point group, sorted by name, and those in files.

    A plugin is known by its distribution and the name of its entry point. One that fails comes back
    with its problem and disturbs no other. Those that the environment variable
    ``FODLAM_BLOCK_PLUGINS`` names, by plugin, by distribution or as ``distribution:plugin``,
    separated by commas, are not even imported. A file takes the place of the installed copy of the
    same plugin.

    Args:
        specs: the hook specifications.
        others: whether to load the plugins of other distributions than fodlam-core.
        files: Python files or folders of packages that are plugins.

    Raises:
        PluginError: if a file cannot be used: unlike what is installed it was asked for.
    """
    points, plugins = _entry_points()
    named = {file: _installed_copy(file, points) for file in map(python_file, files)}
    replaced = [point for point in named.values() if point]
    blocked = {name.strip() for name in os.environ.get(BLOCK, "").split(",")} - {""}
    names = {point.name for point in points}
    distributions = {name for name in blocked - names if ":" not in name}
    with watched():
        for point in points:
            if point in replaced:
                continue
            by = _blocked_by(point, blocked, distributions, others=others)
            plugins.append(_blocked(point, by) if by else _installed(point, specs))
        plugins.sort(key=lambda plugin: (plugin.name, plugin.distribution))
        plugins += [_from_file(file, point, specs) for file, point in named.items()]
    return tuple(plugins)


def _installed(point: importlib.metadata.EntryPoint, specs: type) -> Plugin:
    forget_named(point.module)
    return load(Plugin(point.name, source=point, own=is_own(point)), point.load, specs)


def _blocked(point: importlib.metadata.EntryPoint, by: str) -> Plugin:
    return Plugin(point.name, source=point, blocked=by, own=is_own(point))


def _installed_copy(file: str, points: EntryPoints) -> importlib.metadata.EntryPoint | None:
    """Return the entry point of the plugin that a file is, if it is installed as well."""
    name = module_name(file)
    return next((point for point in points if point.module == name), None)


def _from_file(file: str, point: importlib.metadata.EntryPoint | None, specs: type) -> Plugin:
    name = module_name(file)
    is_package = os.path.basename(file) == "__init__.py"
    short = name if is_package else name.rpartition(".")[2]

    def import_() -> object:
        module = import_file(file, name if is_package or point else short, alone=not point)
        attributes = point.attr.split(".") if point and point.attr else []
        return reduce(getattr, attributes, module)

    known = Plugin(point.name if point else short, source=file)
    if point:
        copy = str(Plugin(point.name, source=point))
        known = known._replace(own=is_own(point), replaces=copy)
    plugin = load(known, import_, specs)
    if plugin.problem:
        raise PluginError(f"--plugin {file}: {plugin.problem}")
    return plugin


def unknown_blocks(plugins: Iterable[Plugin]) -> list[str]:
    """Return a sentence for each name in ``FODLAM_BLOCK_PLUGINS`` that blocks nothing."""
    blocked = [name.strip() for name in os.environ.get(BLOCK, "").split(",") if name.strip()]
    if not blocked:
        return []
    from fodlam_core.errors import unknown

    known = {
        name
        for each in plugins
        if each.source
        for name in (each.name, each.distribution, f"{each.distribution}:{each.name}")
    }
    return [f"{BLOCK}: {unknown('plugin', name, known)}" for name in blocked if name not in known]


def _entry_points() -> tuple[list[importlib.metadata.EntryPoint], list[Plugin]]:
    """Return the entry points of the group, and a broken plugin for each damaged distribution."""
    points, error = isolated(lambda: list(importlib.metadata.entry_points(group=GROUP)))
    if error is None:
        return points or [], []
    # The metadata of some distribution is damaged: read them one by one, so that no other is lost.
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
    point: importlib.metadata.EntryPoint,
    names: set[str],
    distributions: set[str],
    *,
    others: bool,
) -> str | None:
    if point.name in names:
        return BLOCK
    if not names and others:
        return None  # the name of a distribution has to be read from its metadata, which takes time
    name = distribution(point)[0]
    if name in distributions or f"{name}:{point.name}" in names:
        return BLOCK
    return None if others or name == CORE else "--no-plugins"
