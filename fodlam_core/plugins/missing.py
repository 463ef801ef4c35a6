"""What is said of a name that nothing installed answers to, and what to install."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import tomli

from fodlam_core.errors import UnknownNameError, unknown

if TYPE_CHECKING:
    from fodlam_core.plugins.registry import Registry


def no_such(registry: Registry, what: str, name: str) -> UnknownNameError:
    """Return the error for an unknown name: what was meant, or the plugin that supplies it."""
    aliases = (alias for kind, alias in registry.aliases if kind == what and ":" not in alias)
    names = (*registry.names(what), *aliases)
    known = [each for each in names if "/" not in each or "/" in name]
    supplier = well_known_plugin(what, name)
    if supplier:
        message = f"the {what} {name!r} is not installed; {supplier}"
    elif known:
        message = unknown(what, name, known)
    else:
        return UnknownNameError(f"unknown {what} {name!r}; {nothing_installed(registry, what)}")
    return UnknownNameError("; ".join([message, *registry.broken(), *registry.blocked()]))


def nothing_installed(registry: Registry, what: str) -> str:
    """Say that no plugin supplies any such thing, why, and the usual cure."""
    reasons = [*registry.broken(), *registry.blocked()]
    if reasons:
        return f"no plugin with any {what} can be used: {'; '.join(reasons)}"
    return (
        f"no plugin with any {what} is installed: a source checkout has to be installed, "
        "run: pip install -e ."
    )


def well_known_plugin(what: str, name: str) -> str | None:
    """Say which plugin supplies something that is not installed; None if that is not known."""
    with open(os.path.join(os.path.dirname(__file__), "well_known.toml"), "rb") as file:
        for plugin in tomli.load(file)["plugins"]:
            if name in plugin["supplies"].get(what, ()):
                return f"the plugin {plugin['distribution']} supplies it: {plugin['install']}"
    return None
