"""Names to objects: everything that the core and the installed plugins supply."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from fodlam_core import builtin
from fodlam_core.accelerators import Accelerator
from fodlam_core.errors import PluginError, UnknownNameError, unknown
from fodlam_core.hookspecs import HookSpecs
from fodlam_core.layers import LayerKind
from fodlam_core.plugins import Plugin, call_hooks, installed_plugins
from fodlam_core.readers import NetworkReader
from fodlam_core.scaling import TechnologyScaler

# Hook -> what its items are called, and the attributes without which an item is rubbish.
SUPPLIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "fodlam_layer_kinds": ("layer kind", ("description", "operators")),
    "fodlam_accelerators": ("accelerator", ("kinds", "measurements", "predictors", "citation")),
    "fodlam_technology_scalers": ("rule", ("factors",)),
    "fodlam_network_readers": ("format", ("suffixes", "accepts", "read")),
}


class Registry(NamedTuple):
    """Everything that can be named in a configuration.

    Attributes:
        plugins: every plugin found, the broken ones included, the core first.
        items: what is supplied, by ``(what, name)``.
        providers: which plugin supplied it, by ``(what, name)``.
        conflicts: names that cannot be used because two plugins claim them, with the reason.
        aliases: further names of what is supplied: ``(what, alias)`` to its name.
    """

    plugins: tuple[Plugin, ...]
    items: Mapping[tuple[str, str], Any]
    providers: Mapping[tuple[str, str], Plugin]
    conflicts: Mapping[tuple[str, str], str]
    aliases: Mapping[tuple[str, str], str] = MappingProxyType({})

    def __repr__(self) -> str:
        return f"<Registry of {', '.join(plugin.name for plugin in self.plugins)}>"

    def names(self, what: str) -> list[str]:
        """Return the sorted names of one kind of thing, such as ``"accelerator"``."""
        return sorted(name for kind, name in self.items if kind == what)

    def _get(self, what: str, name: str) -> Any:
        name = self.aliases.get((what, name), name)
        try:
            return self.items[what, name]
        except KeyError:
            pass
        if (what, name) in self.conflicts:
            raise PluginError(self.conflicts[what, name])
        known = [*self.names(what), *(alias for kind, alias in self.aliases if kind == what)]
        message = unknown(what, name, known, self.nothing_installed(what))
        supplier = well_known_plugin(what, name)
        if supplier:
            message = f"the {what} {name!r} is not installed; {supplier}"
        raise UnknownNameError("; ".join([message, *self.broken()]))

    @staticmethod
    def nothing_installed(what: str) -> str:
        """Say that no plugin supplies any such thing, and the usual cure."""
        return (
            f"no plugin with any {what} is installed: a source checkout has to be installed, "
            "run: pip install -e ."
        )

    def broken(self) -> list[str]:
        """Return a sentence for each plugin that cannot be used."""
        return [
            f"{plugin} cannot be used: {plugin.problem}"
            for plugin in self.plugins
            if plugin.problem
        ]

    def layer_kind(self, name: str) -> LayerKind:
        """Return a layer kind by name; raises `FodlamError` if it cannot be had."""
        kind: LayerKind = self._get("layer kind", name)
        return kind

    def accelerator(self, name: str) -> Accelerator:
        """Return an accelerator by name; raises `FodlamError` if it cannot be had."""
        accelerator: Accelerator = self._get("accelerator", name)
        return accelerator

    def scaler(self, name: str) -> TechnologyScaler:
        """Return a scaling rule by name; raises `FodlamError` if it cannot be had."""
        scaler: TechnologyScaler = self._get("rule", name)
        return scaler

    def reader(self, name: str) -> NetworkReader:
        """Return a network reader by format name; raises `FodlamError` if it cannot be had."""
        reader: NetworkReader = self._get("format", name)
        return reader

    @property
    def layer_kinds(self) -> list[LayerKind]:
        """All layer kinds, sorted by name."""
        return [self.layer_kind(name) for name in self.names("layer kind")]

    @property
    def accelerators(self) -> list[Accelerator]:
        """All accelerators, sorted by name."""
        return [self.accelerator(name) for name in self.names("accelerator")]

    @property
    def scalers(self) -> list[TechnologyScaler]:
        """All scaling rules, sorted by name."""
        return [self.scaler(name) for name in self.names("rule")]

    @property
    def readers(self) -> list[NetworkReader]:
        """All network readers, sorted by format name."""
        return [self.reader(name) for name in self.names("format")]

    def kind_of_operator(self, format: str, operator: str) -> str | None:
        """Return the layer kind of an operator of a source format; None if it is no layer."""
        for kind in self.layer_kinds:
            if operator in kind.operators.get(format, ()):
                return kind.name
        return None


def load_registry() -> Registry:
    """Build the registry from the core and every installed plugin, calling each hook once."""
    core = Plugin("fodlam_core", call_hooks(builtin, HookSpecs))
    return build_registry([core, *installed_plugins(HookSpecs)])


def build_registry(plugins: list[Plugin]) -> Registry:
    """Build the registry from plugins; a name claimed twice is unusable and disturbs no other."""
    checked = tuple(map(_checked, plugins))
    claims: dict[tuple[str, str], list[tuple[Plugin, Any]]] = {}
    for plugin in checked:
        for hook, supplied in plugin.provided.items():
            for item in supplied:
                for name in _names(item):
                    claims.setdefault((SUPPLIES[hook][0], name), []).append((plugin, item))
    sole = {key: claimed[0] for key, claimed in claims.items() if len(claimed) == 1}
    return Registry(
        checked,
        {key: item for key, (_, item) in sole.items() if key[1] == item.name},
        {key: plugin for key, (plugin, _) in sole.items()},
        {key: _conflict(key, claimed) for key, claimed in claims.items() if key not in sole},
        {key: item.name for key, (_, item) in sole.items() if key[1] != item.name},
    )


def _conflict(key: tuple[str, str], claimed: list[tuple[Plugin, Any]]) -> str:
    what, name = key
    plugins = " and by ".join(str(plugin) for plugin, _ in claimed)
    return f"the {what} {name!r} is supplied by {plugins}; uninstall all but one of them"


def well_known_plugin(what: str, name: str) -> str | None:
    """Say which plugin supplies something that is not installed; None if that is not known."""
    import os

    import tomli

    with open(os.path.join(os.path.dirname(__file__), "well_known.toml"), "rb") as file:
        for plugin in tomli.load(file)["plugins"]:
            if name in plugin["supplies"].get(what, ()):
                return f"the plugin {plugin['distribution']} supplies it: {plugin['install']}"
    return None


def _names(item: Any) -> list[str]:
    """Return the name and the aliases of what is supplied; raises TypeError if it is rubbish."""
    aliases = getattr(item, "aliases", ())
    names = [item.name, *aliases]
    if isinstance(aliases, str) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"{names!r} are no names")
    return list(dict.fromkeys(names))


def _checked(plugin: Plugin) -> Plugin:
    """Return the plugin, or the plugin without what it supplied if any of that is rubbish."""
    for hook, supplied in plugin.provided.items():
        what, needed = SUPPLIES[hook]
        for item in supplied:
            try:
                sound = all(hasattr(item, name) for name in needed) and bool(_names(item))
            except Exception:
                sound = False
            if not sound:
                problem = f"{hook} supplied {type(item).__name__!r}, which is no {what}"
                return plugin._replace(provided={}, problem=problem)
    return plugin
