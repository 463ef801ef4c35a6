"""What plugins supply: its names, and what is wrong with it as far as names need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.accelerators import Accelerator
from fodlam_core.deferred import DeferredAccelerator
from fodlam_core.model.layers import LayerKind
from fodlam_core.plugins import Plugin, describe, isolated

if TYPE_CHECKING:
    from types import UnionType

# Hook -> what its items are called, and the class that they are of, or the attributes without
# which an item is rubbish.
SUPPLIES: dict[str, tuple[str, type | UnionType | tuple[str, ...]]] = {
    "fodlam_layer_kinds": ("layer kind", LayerKind),
    "fodlam_accelerators": ("accelerator", Accelerator | DeferredAccelerator),
    "fodlam_technology_scalers": ("rule", ("factors",)),
    "fodlam_network_readers": ("format", ("suffixes", "accepts", "read")),
}


def without_rubbish(plugin: Plugin) -> Plugin:
    """Return the plugin, or the plugin without what it supplied if any of that is rubbish."""
    problem, error = isolated(_rubbish, plugin)
    if error:
        problem = f"what it supplies cannot be checked: {describe(error)}"
    return plugin._replace(provided={}, problem=problem) if problem else plugin


def names_of(item: Any) -> list[str]:
    """Return the name and the aliases of what is supplied, each once."""
    return list(dict.fromkeys((item.name, *getattr(item, "aliases", ()))))


def _rubbish(plugin: Plugin) -> str | None:
    """Return what is wrong with the things that a plugin supplies, as far as names need it."""
    seen = set()
    for hook, supplied in plugin.provided.items():
        what, needed = SUPPLIES[hook]
        for item in supplied:
            if not _is_a(item, needed) or type(item.name) is not str or not item.name:
                return f"{hook} supplied {type(item).__name__!r}, not a valid {what}"
            problem = accelerator_problem(item) if hook == "fodlam_accelerators" else None
            if problem:
                return f"{hook}: {problem}"
            if hook == "fodlam_network_readers" and not _all_names(tuple(item.suffixes)):
                return f"{hook}: the suffixes of {item.name!r} are not strings"
            aliases = getattr(item, "aliases", ())
            if isinstance(aliases, str) or not _all_names(tuple(aliases)):
                return f"{hook}: the aliases of {item.name!r} are not names"
            for name in names_of(item):
                if (what, name) in seen:
                    return f"it supplies two things by the name of {what} {name!r}"
                seen.add((what, name))
    return None


def accelerator_problem(item: Accelerator | DeferredAccelerator) -> str | None:
    """Return what is wrong with an accelerator, as far as a configuration names it."""
    if not _all_names(item.kinds, getattr(item, "default_for", ())):
        return f"the kinds of {item.name!r} are not names of layer kinds"
    if isinstance(item, DeferredAccelerator):
        for what in ("load", "knows"):
            if not callable(getattr(item, what)) and not (what == "knows" and item.knows is None):
                return f"{what} of {item.name!r} is not a function"
        return None
    if not _all_names(tuple(each.name for each in item.predictors)):
        return f"the names of the predictors of {item.name!r} are not strings"
    if item.options is not None and not _is_attrs_class(item.options):
        return f"options of {item.name!r} is {item.options!r}, which is not an attrs class"
    if (item.options is None) != (item.apply_options is None):
        return f"options and apply_options of {item.name!r} go together; give both or none"
    return None


def _is_attrs_class(value: object) -> bool:
    return isinstance(value, type) and hasattr(value, "__attrs_attrs__")


def _is_a(item: object, needed: type | UnionType | tuple[str, ...]) -> bool:
    if not isinstance(needed, tuple):
        return isinstance(item, needed)
    return all(hasattr(item, name) for name in ("name", *needed))


def _all_names(*lists: tuple[object, ...]) -> bool:
    return all(type(name) is str for names in lists for name in names)
