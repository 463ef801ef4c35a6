"""The border to the plugins: what they are asked, and what their answers must be.

A `FodlamError` of a plugin is an answer, such as that a layer lacks a shape; any other exception,
and a number that cannot be right, becomes an error that names the plugin, its distribution and
the layer. The core's own rules and readers are not guarded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import attrs

from fodlam_core.accelerators import Accelerator
from fodlam_core.costs import Citation, Cost, Measurement
from fodlam_core.errors import FodlamError, PluginError
from fodlam_core.layers import Layer, Network
from fodlam_core.plugins import Plugin, describe, isolated
from fodlam_core.readers import ReadOptions
from fodlam_core.references import Reference, is_positive
from fodlam_core.technology import ScalingFactors, Technology

T = TypeVar("T")
P = ParamSpec("P")


def ask(plugin: Plugin, what: str, function: Callable[P, T], *args: P.args, **kw: P.kwargs) -> T:
    """Return what a function of a plugin returns.

    Raises:
        FodlamError: as the plugin raised it; any other exception as a `PluginError`.
    """
    result, error = isolated(function, *args, **kw)
    if error is None:
        return result  # type: ignore[return-value]
    if isinstance(error, FodlamError):
        raise error
    raise PluginError(
        f"{plugin}: {what} failed: {describe(error)}; this is a mistake of the plugin, "
        "--debug shows where"
    ) from error


def _demand(plugin: Plugin, what: str, good: bool, value: object, expected: str) -> None:
    if not good:
        text = repr(value)
        text = text if len(text) <= 100 else f"{text[:97]}..."
        raise PluginError(
            f"{plugin}: {what} is {text}; {expected} was expected: this is a mistake of the plugin"
        )


def guarded(item: Any, plugin: Plugin) -> Any:
    """Return a scaling rule or a network reader so that its mistakes become clear errors."""
    if plugin.source is None:
        return item
    return (GuardedReader if hasattr(item, "read") else GuardedScaler)(item, plugin.alone())


def guarded_accelerator(accelerator: Accelerator, plugin: Plugin) -> Accelerator:
    """Return an accelerator so that its mistakes, and those of its predictors, become clear errors.

    Raises:
        PluginError: if one of its fields is not what it has to be.
    """
    name, plugin = accelerator.name, plugin.alone()
    for field, cls in (
        ("title", str),
        ("technology", Technology),
        ("citation", Citation),
        ("precision", str),
    ):
        value = getattr(accelerator, field)
        _demand(plugin, f"{field} of {name}", isinstance(value, cls), value, cls.__name__)
    for row in accelerator.measurements:
        good = isinstance(row, Measurement)
        _demand(plugin, f"one of the measurements of {name}", good, row, "a Measurement")
    for note in accelerator.notes:
        _demand(plugin, f"one of the notes of {name}", isinstance(note, str), note, "a string")
    for reference in accelerator.references:
        good = isinstance(reference, Reference) and not reference.problem()
        _demand(plugin, f"one of the references of {name}", good, reference, "positive numbers")
    for field in ("clock_hz", "area_mm2"):
        value = getattr(accelerator, field)
        good = value is None or is_positive(value)
        _demand(plugin, f"{field} of {name}", good, value, "a positive, finite number")
    predictors = [GuardedPredictor(each, plugin, name) for each in accelerator.predictors]
    configure = accelerator.apply_options
    return attrs.evolve(
        accelerator,
        predictors=predictors,
        apply_options=GuardedOptions(configure, plugin, name) if configure else None,
    )


class GuardedOptions:
    """What applies the options of an accelerator."""

    def __init__(
        self, configure: Callable[[Accelerator, Any], Accelerator], plugin: Plugin, owner: str
    ) -> None:
        self._configure, self._plugin, self._owner = configure, plugin, owner

    def __call__(self, accelerator: Accelerator, options: Any) -> Accelerator:
        """Hand the plugin its own accelerator, and check the one it returns."""
        plugin, what = self._plugin, f"applying the options of {self._owner}"
        own = [getattr(each, "_item", each) for each in accelerator.predictors]
        given = attrs.evolve(accelerator, predictors=own, apply_options=self._configure)
        changed = ask(plugin, what, self._configure, given, options)
        _demand(plugin, what, isinstance(changed, Accelerator), changed, "an accelerator")
        before, after = _macs(given), _macs(changed)
        good = after.items() <= before.items()
        _demand(plugin, f"the MACs after {what}", good, after, "no change")
        return guarded_accelerator(changed, plugin)


def _macs(accelerator: Accelerator) -> dict[tuple[str, str], int]:
    return {(row.network, row.layer.key): row.layer.macs for row in accelerator.measurements}


def _of_the_item(guard: Any, name: str) -> Any:
    if name.startswith("_"):  # not even there yet while pickle makes a copy
        raise AttributeError(name)
    return getattr(guard._item, name)


class _Guarded:
    """Something of a plugin; what is not guarded here it answers itself."""

    def __init__(self, item: Any, plugin: Plugin, owner: str = "") -> None:
        self._item, self._plugin, self._owner = item, plugin, owner
        self.name = ask(plugin, f"the name of a {type(item).__name__}", lambda: item.name)

    def __getattr__(self, name: str) -> Any:
        return _of_the_item(self, name)


class GuardedPredictor(_Guarded):
    """A predictor of a plugin."""

    def fit(self, measurements: Sequence[Measurement]) -> GuardedFit:
        """Fit it."""
        what = f"fitting {self.name} of {self._owner}"
        fitted = ask(self._plugin, what, lambda: self._item.fit(measurements))
        return GuardedFit(fitted, self._plugin, f"{self.name} of {self._owner}")


class GuardedFit:
    """A fitted predictor of a plugin."""

    def __init__(self, fitted: Any, plugin: Plugin, owner: str) -> None:
        self._item, self._plugin, self._owner = fitted, plugin, owner

    def __getattr__(self, name: str) -> Any:
        return _of_the_item(self, name)

    def predict(self, layer: Layer) -> Cost:
        """Predict the cost of a layer, in seconds and joules, both positive and finite."""
        what = f"the prediction of {self._owner} for layer {layer.name!r}"
        macs = layer.macs
        cost: Cost = ask(self._plugin, what, lambda: self._item.predict(layer))
        _demand(self._plugin, what, isinstance(cost, Cost), cost, "a Cost")
        _demand(
            self._plugin,
            what,
            is_positive(cost.latency_s)
            and is_positive(cost.energy_j)
            and 0 <= cost.offchip_latency_s <= cost.latency_s,
            cost,
            "a positive, finite number of seconds and of joules",
        )
        _demand(self._plugin, f"the MACs after {what}", layer.macs == macs, layer.macs, str(macs))
        return cost


class GuardedScaler(_Guarded):
    """A scaling rule of a plugin."""

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return its factors."""
        answer, error = isolated(self._item.factors, source, target)
        if error is None and isinstance(answer, ScalingFactors):
            return answer  # at once: a sweep asks by the hundred thousand
        what = f"the rule {self.name!r} from {source} to {target}"
        factors: ScalingFactors = ask(self._plugin, what, self._item.factors, source, target)
        good = isinstance(factors, ScalingFactors)
        _demand(self._plugin, what, good, factors, "ScalingFactors")
        return factors

    def __getattr__(self, name: str) -> Any:
        value = _of_the_item(self, name)
        if name != "configure":
            return value

        def configure(options: Any) -> GuardedScaler:
            what = f"applying the options of the rule {self.name!r}"
            return GuardedScaler(ask(self._plugin, what, value, options), self._plugin)

        return configure


class GuardedReader(_Guarded):
    """A network reader of a plugin."""

    def accepts(self, head: bytes) -> bool:
        """Tell whether it reads such a file."""
        what = f"the reader {self.name!r}, which is passed over if [network] format is written,"
        return bool(ask(self._plugin, what, self._item.accepts, head))

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Read a file; that it is no text, or cannot be opened, is no mistake of the plugin."""
        what = f"the reader {self.name!r} on {path}"
        try:
            network: Network = ask(self._plugin, what, self._item.read, path, options)
        except PluginError as error:
            if isinstance(error.__cause__, UnicodeDecodeError | OSError | RecursionError):
                raise error.__cause__ from None
            raise
        good = isinstance(network, Network) and all(isinstance(x, Layer) for x in network.layers)
        _demand(self._plugin, what, good, network, "a Network of Layers")
        return network
