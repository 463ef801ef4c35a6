"""The border to the scaling rules and the network readers of plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.errors import FactorError, PluginError
from fodlam_core.model.layers import Layer, Network
from fodlam_core.model.technology import ScalingFactors, Technology
from fodlam_core.plugins import Plugin, isolated
from fodlam_core.plugins.guards.asking import (
    CITATION,
    Demand,
    Guarded,
    are_texts,
    ask,
    demand,
    fail,
    mistake,
    shown,
)

if TYPE_CHECKING:
    from pathlib import Path

    from fodlam_core.networks.reader import ReadOptions

_TEXT: Demand = (lambda value: value is None or isinstance(value, str), "a string")


def guarded(item: Any, plugin: Plugin) -> Any:
    """Return a scaling rule or a network reader so that its mistakes become clear errors."""
    if plugin.source is None:
        return item
    return (GuardedReader if hasattr(item, "read") else GuardedScaler)(item, plugin.alone())


class _Named(Guarded):
    WHAT = ""

    def __init__(self, item: Any, plugin: Plugin) -> None:
        what = f"the name of a {type(item).__name__}"
        self.name = ask(plugin, what, lambda: item.name)
        demand(plugin, what, self.name, "a string", good=isinstance(self.name, str))
        super().__init__(item, plugin, f"the {self.WHAT} {self.name!r}")


class GuardedScaler(_Named):
    """A scaling rule of a plugin."""

    WHAT = "rule"
    DEMANDS = {  # noqa: RUF012, a constant of the base
        "uses": (
            lambda value: value is None or are_texts(value) or isinstance(value, set | frozenset),
            "a tuple of fields of Technology",
        ),
        "options": (
            lambda value: value is None or (isinstance(value, type) and attrs.has(value)),
            "an attrs class",
        ),
        "citation": CITATION,
        "title": _TEXT,
        "domain": _TEXT,
        "source": _TEXT,
    }

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return its factors."""
        factors, error = isolated(self._item.factors, source, target)
        if error is None and isinstance(factors, ScalingFactors) and are_texts(factors.notes):
            return factors  # at once: a sweep asks by the hundred thousand
        what = f"{self._what} from {source} to {target}"
        if isinstance(error, FactorError):
            raise mistake(self._plugin, f"{what}: {error}") from error
        if error is not None:
            fail(self._plugin, what, error)
        expected = "ScalingFactors with a tuple of strings as notes"
        raise mistake(self._plugin, f"{what} is {shown(factors)}; {expected} was expected")

    def __getattr__(self, name: str) -> Any:
        value = super().__getattr__(name)
        if name == "options" and value and not hasattr(self._item, "configure"):
            raise mistake(self._plugin, f"{self._what} has options, but no method configure")
        if name != "configure":
            return value

        def configure(options: Any) -> GuardedScaler:
            what = f"applying the options of {self._what}"
            return GuardedScaler(ask(self._plugin, what, value, options), self._plugin)

        return configure


class GuardedReader(_Named):
    """A network reader of a plugin; fodlam-core's own are tried first."""

    WHAT = "reader"
    foreign = True

    def accepts(self, head: bytes) -> bool:
        """Tell whether it reads such a file."""
        what = f"{self._what}, which is passed over if [network] format is written,"
        return bool(ask(self._plugin, what, self._item.accepts, head))

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Read a file; one that is not text or cannot be opened is not a mistake of the plugin."""
        what = f"{self._what} on {path}"
        try:
            network: Network = ask(self._plugin, what, self._item.read, path, options)
        except PluginError as error:
            if isinstance(error.__cause__, UnicodeDecodeError | OSError | RecursionError):
                raise error.__cause__ from None
            raise
        good = isinstance(network, Network) and all(isinstance(x, Layer) for x in network.layers)
        demand(self._plugin, what, network, "a Network of Layers", good=good)
        return network
