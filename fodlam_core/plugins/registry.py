"""Names to objects: everything that the core and the installed plugins supply."""

from __future__ import annotations

import contextlib
import functools
import os
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fodlam_core.accelerators import Accelerator
from fodlam_core.deferred import DeferredAccelerator
from fodlam_core.errors import FodlamError, PluginError, UnknownNameError, unknown
from fodlam_core.named_tuple import NamedTuple
from fodlam_core.plugins import (
    Plugin,
    builtin,
    call_hooks,
    find_plugins,
)
from fodlam_core.plugins.checks import without_rubbish
from fodlam_core.plugins.claims import settle
from fodlam_core.plugins.discovery import BLOCK
from fodlam_core.plugins.guards import guarded
from fodlam_core.plugins.hookspecs import HookSpecs
from fodlam_core.plugins.own import DEFAULTS
from fodlam_core.plugins.patterns import is_pattern, matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fodlam_core.model.layers import LayerKind
    from fodlam_core.networks.reader import NetworkReader
    from fodlam_core.scaling import TechnologyScaler


class Registry(NamedTuple):
    """Everything that can be named in a configuration.

    Attributes:
        plugins: every plugin found, the broken ones included, the core first.
        items: what is supplied, by ``(what, name)``.
        providers: which plugin supplied it, by ``(what, name)``.
        conflicts: names that cannot be used because two plugins claim them, with the reason.
        aliases: further names of what is supplied: ``(what, alias)`` to its name.
        refusals: a sentence for each name or default of fodlam-core that another plugin claims.
    """

    plugins: tuple[Plugin, ...]
    items: Mapping[tuple[str, str], Any]
    providers: Mapping[tuple[str, str], Plugin]
    conflicts: Mapping[tuple[str, str], str]
    aliases: Mapping[tuple[str, str], str] = MappingProxyType({})
    refusals: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Registry of {', '.join(plugin.name for plugin in self.plugins)}>"

    def names(self, what: str) -> list[str]:
        """Return the sorted names of one kind of thing, such as ``"accelerator"``."""
        return sorted(name for kind, name in self.items if kind == what)

    def full_name(self, what: str, name: str) -> str:
        """Return the name that an alias stands for; any other name as it is."""
        return self.aliases.get((what, name), name)

    def matching(self, pattern: str) -> list[str]:
        """Return the sorted names of the accelerators that a pattern or a name stands for.

        ``*``, ``?`` and ``[...]`` stand for letters within one part of ``chip/point``; a chip
        without its point is the chip at its default point, and ``all`` is every chip. Nothing is
        loaded.

        Raises:
            FodlamError: if no accelerator answers to it.
        """
        what = "accelerator"
        if not is_pattern(pattern):
            chip, point = self._chip_and_point(pattern)
            if point:
                self.accelerator(pattern)
            self._get(what, chip)
            return [self.full_name(what, pattern)]
        known = [name for kind, name in (*self.items, *self.aliases) if kind == what]
        known += [
            point.name
            for (kind, _), item in self.items.items()
            if kind == what
            for point in getattr(item, "points", ())
        ]
        found = {self.full_name(what, name) for name in known if matches(name, pattern)}
        if not found:
            raise UnknownNameError(f"no accelerator matches {pattern!r}")
        return sorted(found)

    def points(self) -> dict[str, list[str]]:
        """Return the operating points of every chip by its name, as they were supplied.

        Nothing is loaded.
        """
        found: dict[str, list[str]] = {}
        for (what, name), item in self.items.items():
            if what == "accelerator" and ":" not in name:
                more = [point.name for point in getattr(item, "points", ())]
                found.setdefault(name.partition("/")[0], []).extend([name, *more])
        return found

    def supplied(self, name: str) -> Accelerator | DeferredAccelerator:
        """Return an accelerator as `accelerator` does, but one of a library without loading it."""
        chip, point = self._chip_and_point(name)
        item: Accelerator | DeferredAccelerator = self._get("accelerator", chip)
        return self.accelerator(name) if point else item

    def _get(self, what: str, name: str) -> Any:
        name = self.full_name(what, name)
        try:
            return self.items[what, name]
        except KeyError:
            pass
        if (what, name) in self.conflicts:
            raise PluginError(self.conflicts[what, name])
        from fodlam_core.plugins.missing import no_such

        raise no_such(self, what, name)

    def _get_guarded(self, what: str, name: str) -> Any:
        """Return an item whose exceptions name the plugin that supplied it."""
        item, provider = self._get(what, name), self.providers.get((what, name))
        return guarded(item, provider) if provider else item

    def nothing_installed(self, what: str) -> str:
        """Say that no plugin supplies any such thing, why, and the usual cure."""
        from fodlam_core.plugins.missing import nothing_installed

        return nothing_installed(self, what)

    def broken(self) -> list[str]:
        """Return a sentence for each plugin that cannot be used."""
        return [each.reason for each in self.plugins if each.problem and each.reason]

    def blocked(self) -> list[str]:
        """Return a sentence for each plugin that is not loaded because the user says so."""
        return [each.reason for each in self.plugins if each.blocked and each.reason]

    def is_own(self, what: str, name: str) -> bool:
        """Tell whether fodlam-core itself supplies something."""
        return (what, name) in self.providers and self.providers[what, name].own

    def lost_default(self, kind: str) -> str | None:
        """Return why fodlam-core's default for a layer kind cannot be had; None if it can."""
        for plugin in self.plugins:
            if plugin.own and plugin.reason and plugin.name == DEFAULTS.get(kind):
                return plugin.reason
        return None

    def conflicting_accelerators(self, kind: str) -> list[tuple[str, bool]]:
        """Return the conflicts over accelerators that serve a kind, and if as its default."""
        found = []
        for (what, name), text in self.conflicts.items():
            claims = [
                item
                for plugin in self.plugins
                for item in plugin.provided.get("fodlam_accelerators", ())
                if what == "accelerator" and item.name == name and kind in item.kinds
            ]
            if claims:
                found.append((text, any(is_default(item, kind) for item in claims)))
        return found

    def with_accelerator(self, accelerator: Accelerator, source: str) -> Registry:
        """Return the registry with one more accelerator, which a file describes.

        Raises:
            PluginError: if the name is taken.
        """
        key = ("accelerator", accelerator.name)
        if key in self.conflicts:
            raise PluginError(self.conflicts[key])
        if key in self.providers:
            raise PluginError(
                f"{self.providers[key]} supplies an accelerator {accelerator.name!r} already; "
                "give the one in the file another name"
            )
        plugin = without_rubbish(
            Plugin(
                name=accelerator.name,
                provided={"fodlam_accelerators": (accelerator,)},
                problem=None,
                source=source,
            )
        )
        if plugin.problem:
            raise PluginError(plugin.problem)
        return self._replace(
            items={**self.items, key: accelerator}, providers={**self.providers, key: plugin}
        )

    def layer_kind(self, name: str) -> LayerKind:
        """Return a layer kind by name; raises `FodlamError` if it cannot be had."""
        kind: LayerKind = self._get("layer kind", name)
        return kind

    def accelerator(self, name: str) -> Accelerator:
        """Return an accelerator, or one of its points, by name: ``chip`` or ``chip/point``.

        Raises:
            FodlamError: if it cannot be had.
        """
        chip, point = self._chip_and_point(name)
        item: Accelerator | DeferredAccelerator = self._get("accelerator", chip)
        if isinstance(item, DeferredAccelerator):
            from fodlam_core.plugins.deferred_chips import loaded

            item = loaded(item, self.providers["accelerator", item.name])
            if point and not item.points:
                chip = item.name.partition("/")[0]
                names = [each.partition("/")[2] for each in self.points()[chip]]
                raise UnknownNameError(unknown(f"point of {chip}", point, names))
        return item.point(point) if point else item

    def _chip_and_point(self, name: str) -> tuple[str, str]:
        """Return the name that something was supplied under, and that of a point of it."""
        whole = self.full_name("accelerator", name)
        chip, _, point = name.partition("/")
        chip = self.full_name("accelerator", chip)
        if ("accelerator", whole) in self.items or ("accelerator", chip) not in self.items:
            return whole, ""
        return chip, point

    def serving(self, kind: str) -> list[Accelerator | DeferredAccelerator]:
        """Return what serves a kind of layer, sorted by name; nothing is loaded.

        An accelerator that is known for whole networks only serves no layer by itself, and one
        that lost its name to another is taken by its full name only.
        """
        names = (name for name in self.names("accelerator") if ":" not in name)
        found = (self._get("accelerator", name) for name in names)
        return [
            each
            for each in found
            if kind in each.kinds and not getattr(each, "runs_by_name_only", False)
        ]

    def with_loaded(self, names: Iterable[str]) -> Registry:
        """Return the registry with chips of libraries among its `accelerators`.

        Names that nothing answers to, or whose chip cannot be loaded, are passed over here: asking
        for them by name is an error.
        """
        items = dict(self.items)
        for name in names:
            key = "accelerator", self.full_name("accelerator", name)
            if isinstance(items.get(key), DeferredAccelerator):
                with contextlib.suppress(FodlamError):
                    items[key] = self.accelerator(name)
        return self._replace(items=items)

    def provider_of(self, accelerator: str) -> Plugin:
        """Return the plugin that supplies an accelerator, or one of its points."""
        return self.providers["accelerator", self._chip_and_point(accelerator)[0]]

    def scaler(self, name: str) -> TechnologyScaler:
        """Return a scaling rule by name; raises `FodlamError` if it cannot be had."""
        scaler: TechnologyScaler = self._get_guarded("rule", name)
        return scaler

    def reader(self, name: str) -> NetworkReader:
        """Return a network reader by format name; raises `FodlamError` if it cannot be had."""
        reader: NetworkReader = self._get_guarded("format", name)
        return reader

    @property
    def layer_kinds(self) -> list[LayerKind]:
        """All layer kinds, sorted by name."""
        return [self.layer_kind(name) for name in self.names("layer kind")]

    @property
    def shapes(self) -> dict[str, type]:
        """The classes of shapes that layer kinds bring, by the name of the kind."""
        return {kind.name: kind.shape for kind in self.layer_kinds if kind.shape}

    @property
    def accelerators(self) -> list[Accelerator]:
        """All accelerators, sorted by name, but those of libraries, of which there are many."""
        found = (self._get("accelerator", name) for name in self.names("accelerator"))
        return [each for each in found if isinstance(each, Accelerator)]

    @property
    def scalers(self) -> list[TechnologyScaler]:
        """All scaling rules, sorted by name."""
        return [self.scaler(name) for name in self.names("rule")]

    @property
    def readers(self) -> list[NetworkReader]:
        """All network readers, sorted by format name."""
        return [self.reader(name) for name in self.names("format")]


def load_registry(
    files: Iterable[str | os.PathLike[str]] = (), *, installed: bool = True
) -> Registry:
    """Build the registry from the core and every installed plugin, calling each hook once.

    Args:
        files: Python files, or folders of packages, that are plugins as well.
        installed: whether to load the installed plugins of other distributions than fodlam-core.

    Raises:
        PluginError: if one of the files cannot be used. A broken installed plugin raises nothing:
            see `Registry.broken`.
    """
    supplied = call_hooks(builtin, HookSpecs)
    core = Plugin("fodlam_core", supplied, api_level=HookSpecs.FODLAM_API, own=True)
    paths = dict.fromkeys(os.fspath(file) for file in files)
    return build_registry([core, *find_plugins(HookSpecs, others=installed, files=paths)])


def default_registry() -> Registry:
    """Return everything that is installed, loaded when first asked for and kept.

    It is loaded again only where other plugins are blocked than before; what is installed while a
    program runs is found by `load_registry`.
    """
    return _installed(os.environ.get(BLOCK, ""))


@functools.lru_cache(maxsize=1)
def _installed(_blocked: str) -> Registry:
    return load_registry()


def build_registry(plugins: list[Plugin]) -> Registry:
    """Build the registry from plugins; a name that is not one plugin's alone disturbs no other."""
    checked = tuple(map(without_rubbish, plugins))
    return Registry(checked, *settle(checked))


def is_default(item: Accelerator | DeferredAccelerator, kind: str) -> bool:
    """Tell whether an accelerator declares itself the default for a kind of layer."""
    return isinstance(item, Accelerator) and kind in item.default_for
