"""Loads one plugin: imports it, checks what it was made for, and calls its hooks once."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING, Any

import pluggy

from fodlam_core.errors import PluginError, similar
from fodlam_core.plugins.isolation import describe, isolated, stdout_to_stderr
from fodlam_core.plugins.plugin import GROUP
from fodlam_core.plugins.watchdog import loading

if TYPE_CHECKING:
    from collections.abc import Callable

    from fodlam_core.plugins.plugin import Plugin

MOST_ITEMS = 10_000


def load(plugin: Plugin, import_: Callable[[], object], specs: type) -> Plugin:
    """Return a plugin with all that it supplies, or with its problem.

    Args:
        plugin: what is known of it.
        import_: returns the plugin object.
        specs: the hook specifications.
    """
    start = time.perf_counter()
    level: list[int] = []

    def run() -> dict[str, tuple[Any, ...]]:
        module = import_()
        level.append(check_api_level(module, specs))
        return call_hooks(module, specs)

    with loading(plugin), stdout_to_stderr():
        provided, error = isolated(run)
    load_s = time.perf_counter() - start
    return plugin._replace(
        provided=provided or {},
        problem=problem_text(error) if error else None,
        api_level=level[0] if level else None,
        load_s=load_s,
    )


def problem_text(error: BaseException) -> str:
    """Return what went wrong: our own words as they are, an exception of others by its type."""
    return "; ".join(error.lines()) if isinstance(error, PluginError) else describe(error)


def check_api_level(plugin: object, specs: type) -> int:
    """Return the level of the hooks that a plugin was made for: its ``FODLAM_API``, else 1.

    Raises:
        PluginError: if the specification does not serve it.
    """
    level = getattr(plugin, "FODLAM_API", 1)
    ours: int = vars(specs)["FODLAM_API"]
    fits: dict[int, str] = vars(specs)["FODLAM_API_FITS"]
    if type(level) is not int or level < 1:
        raise PluginError(f"FODLAM_API is {level!r}; write the level it was made for: {ours}")
    if level not in fits:
        needed = fits.get(level, f"newer than those of level {max(fits)}")
        raise PluginError(
            f"it was made for level {level} of the hooks (fodlam-core {needed}), this is level "
            f"{ours} (fodlam-core {fits[ours]}); install a fodlam-core of level {level}, or a "
            f"version of the plugin for level {ours}"
        )
    return level


def call_hooks(plugin: object, specs: type) -> dict[str, tuple[Any, ...]]:
    """Return for each hook of the specification what one plugin supplies.

    Raises:
        PluginError: if the plugin has no hook, an unknown one, or one that returns no items.
        pluggy.PluginValidationError: if a hook implementation does not fit the specification.
    """
    hooks = [name for name in vars(specs) if name.startswith(GROUP + "_")]
    manager = _managers.pop(specs, None) or _new_manager(specs)
    manager.register(plugin)
    _check_names(manager, plugin, hooks)
    supplied = {name: tuple(_items(getattr(manager.hook, name))) for name in hooks}
    manager.unregister(plugin)
    _managers[specs] = manager
    return supplied


# An idle manager for each specification: to make one takes longer than all else here. It is away
# while a plugin is registered, which may load plugins itself, and does not come back if that fails.
_managers: dict[type, pluggy.PluginManager] = {}


def _new_manager(specs: type) -> pluggy.PluginManager:
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(specs)
    return manager


def _check_names(manager: pluggy.PluginManager, plugin: object, hooks: list[str]) -> None:
    implemented = [caller.name for caller in manager.get_hookcallers(plugin) or ()]
    for name in implemented:
        if name not in hooks:
            close = similar(name, hooks)
            hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(hooks)}"
            raise PluginError(f"unknown hook {name}; {hint}")
    unmarked = [name for name in hooks if name not in implemented and hasattr(plugin, name)]
    if unmarked:
        raise PluginError(f"{unmarked[0]} is not marked: write @hookimpl above it")
    if not implemented:
        raise PluginError(f"it has none of the hooks {', '.join(hooks)}")


def _items(hook: pluggy.HookCaller) -> list[Any]:
    if not hook.get_hookimpls():
        return []
    results = hook()
    if not results:
        raise PluginError(f"{hook.name} returned None; return or yield what it supplies")
    (result,) = results
    try:
        iterator = iter(result)
    except TypeError as error:
        raise PluginError(f"{hook.name}: {describe(error)}; return a list of items") from error
    items = list(itertools.islice(iterator, MOST_ITEMS + 1))
    if len(items) > MOST_ITEMS:
        raise PluginError(f"{hook.name} supplies more than {MOST_ITEMS} items")
    return items
