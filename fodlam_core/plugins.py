"""Finds the installed plugins and takes over what they supply, each apart from the others."""

from __future__ import annotations

import contextlib
import importlib.metadata
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pluggy

GROUP = "fodlam"


class Plugin(NamedTuple):
    """An installed plugin.

    Attributes:
        name: the name of its entry point.
        provided: for each hook what it supplied; empty if it is broken.
        problem: why it cannot be used; None if it can.
        entry_point: where it comes from; None for the core itself.
    """

    name: str
    provided: Mapping[str, tuple[Any, ...]] = MappingProxyType({})
    problem: str | None = None
    entry_point: importlib.metadata.EntryPoint | None = None

    @property
    def distribution(self) -> str:
        """The distribution that it was installed with."""
        dist = self.entry_point.dist if self.entry_point else None
        return dist.name if dist else "fodlam-core"

    @property
    def version(self) -> str:
        """The version of that distribution."""
        dist = self.entry_point.dist if self.entry_point else None
        if dist:
            return dist.version
        from fodlam_core.version import __version__

        return __version__

    def __repr__(self) -> str:
        return f"<Plugin {self.name}{', broken' if self.problem else ''}>"

    def __str__(self) -> str:
        return f"plugin {self.name!r} ({self.distribution} {self.version})"


def installed_plugins(specs: type) -> tuple[Plugin, ...]:
    """Load every plugin of the ``fodlam`` entry-point group, sorted by name.

    A plugin that fails, or whose name another distribution claims as well, comes back with its
    problem and disturbs no other.
    """
    found = sorted(importlib.metadata.entry_points(group=GROUP), key=lambda point: point.name)
    names = [point.name for point in found]
    plugins = []
    for point in found:
        if names.count(point.name) > 1:
            claims = [
                f"{other.dist.name} {other.dist.version}"
                for other in found
                if other.name == point.name and other.dist
            ]
            problem = (
                f"its name is claimed by {' and '.join(sorted(claims))}; uninstall one of them"
            )
            plugins.append(Plugin(point.name, problem=problem, entry_point=point))
        else:
            plugins.append(_load(point, specs))
    return tuple(plugins)


def _load(point: importlib.metadata.EntryPoint, specs: type) -> Plugin:
    # What a plugin prints must not end up in the data on standard output, and a plugin that
    # calls sys.exit must not end the program.
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return Plugin(point.name, call_hooks(point.load(), specs), entry_point=point)
    except (Exception, SystemExit) as error:
        return Plugin(point.name, problem=describe(error), entry_point=point)


def describe(error: BaseException) -> str:
    """Return an exception as one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def call_hooks(plugin: object, specs: type) -> dict[str, tuple[Any, ...]]:
    """Return for each hook of the specification what one plugin supplies.

    Raises:
        pluggy.PluginValidationError: if a hook implementation does not fit the specification.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(specs)
    manager.register(plugin)
    manager.check_pending()
    hooks = [name for name in vars(specs) if name.startswith(GROUP + "_")]
    return {
        name: tuple(item for items in getattr(manager.hook, name)() for item in items)
        for name in hooks
    }
