"""The border to the predictors of plugins."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.errors import PredictionError
from fodlam_core.model.costs import Cost, Measurement
from fodlam_core.model.layers import Layer, Network
from fodlam_core.model.validators import is_amount, is_positive
from fodlam_core.plugins import isolated
from fodlam_core.plugins.guards.asking import CITATION, TEXTS, Guarded, are_texts, ask, demand, fail
from fodlam_core.predictors import levels

if TYPE_CHECKING:
    from fodlam_core.model.stored_fit import StoredFit
    from fodlam_core.model.whole_network import Reference
    from fodlam_core.plugins import Plugin

_FIELDS = frozenset(field.name for field in attrs.fields(Layer))


def _are_fields(value: object) -> bool:
    return isinstance(value, frozenset | set | tuple | list) and _FIELDS.issuperset(value)


def _may_be_called(value: object) -> bool:
    return value is None or callable(value)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _are_pairs(value: object) -> bool:
    return isinstance(value, tuple | list) and all(
        field in _FIELDS and isinstance(suffix, str) for field, suffix in value
    )


class GuardedPredictor(Guarded):
    """A predictor of a plugin."""

    DEMANDS = {  # noqa: RUF012, a constant of the base
        "requires": (_are_fields, "a frozenset of fields of Layer"),
        "optional": (_are_pairs, "a tuple of pairs of a field of Layer and a name"),
        "pooled": (_is_flag, "True or False"),
        "notes": TEXTS,
        "citation": CITATION,
    }
    REQUIRED = frozenset({"requires"})

    def __init__(self, item: Any, plugin: Plugin, owner: str) -> None:
        what = f"the name of a {type(item).__name__} of {owner}"
        self.name = ask(plugin, what, lambda: item.name)
        demand(plugin, what, self.name, "a string", good=isinstance(self.name, str))
        super().__init__(item, plugin, f"{self.name} of {owner}")

    @functools.cached_property
    def optional(self) -> Sequence[tuple[str, str]]:
        """Pairs of an optional field of a layer and what a predictor without it is called."""
        return self._or("optional", ())

    @functools.cached_property
    def pooled(self) -> bool:
        """Whether it is fitted to all kinds of layers at once."""
        return self._or("pooled", False)  # noqa: FBT003 - the default of an attribute

    def fit(
        self,
        measurements: Sequence[Measurement],
        references: Sequence[Reference] = (),
        networks: Mapping[str, Network] = {},
    ) -> GuardedFit:
        """Fit it, to whole networks too if it is of level 2."""
        what = f"fitting {self._what}"
        fitted = ask(self._plugin, what, levels.fit, self._item, measurements, references, networks)
        return self._guarded(what, fitted)

    def restore(self, stored: StoredFit, measurements: Sequence[Measurement]) -> GuardedFit | None:
        """Return a fit that was made beforehand; None if the predictor takes none."""
        restore = getattr(self._item, "restore", None)
        if restore is None:
            return None
        what = f"restoring {self._what}"
        return self._guarded(what, ask(self._plugin, what, restore, stored, measurements))

    def _guarded(self, what: str, fitted: Any) -> GuardedFit:
        good = callable(getattr(fitted, "predict", None))
        demand(self._plugin, what, fitted, "something with a method predict", good=good)
        return GuardedFit(fitted, self._plugin, self._what)


class GuardedFit(Guarded):
    """A fitted predictor of a plugin."""

    DEMANDS = {  # noqa: RUF012, a constant of the base
        "notes": TEXTS,
        "alternatives": (
            lambda value: (
                isinstance(value, tuple | list) and all(callable(each.predict) for each in value)
            ),
            "a tuple of fitted predictors",
        ),
        "explain": (_may_be_called, "a method or None"),
    }

    @functools.cached_property
    def alternatives(self) -> tuple[GuardedFit, ...]:
        """Fits that are as good."""
        every: Sequence[Any] = self._or("alternatives", ())
        return tuple(GuardedFit(each, self._plugin, self._what) for each in every)

    @functools.cached_property
    def linear(self) -> bool:
        """Whether it is of level 1, and so not told the batch."""
        return levels.is_linear(self._item)

    def __getattr__(self, name: str) -> Any:
        if name in levels.METHODS:  # asked for with every layer
            self.__dict__[name] = self._method(name)
            return self.__dict__[name]
        value = super().__getattr__(name)
        if name == "explain" and value:
            explain = value
            if levels.takes(explain, 2):
                value = functools.partial(self._explain, explain)
            else:

                def value(layer: Layer, _batch: int = 1) -> Mapping[str, str]:
                    return self._explain(explain, layer)

            self.explain = value
        return value

    def _method(self, name: str) -> Callable[..., Any] | None:
        """Return one of the further methods; None if there is none."""
        value, error = isolated(getattr, self._item, name)
        what = f"{name} of {self._what}"
        if error is not None and not isinstance(error, AttributeError):
            fail(self._plugin, what, error)
        if not callable(value):
            return None
        if name == "fastest":
            return functools.partial(self._fastest, value)
        return functools.partial(ask, self._plugin, what, value)

    def _fastest(self, fastest: Callable[..., Any], layer: Layer, batch: int) -> float:
        what = f"fastest of {self._what} for layer {layer.name!r}"
        seconds: float = ask(self._plugin, what, fastest, layer, batch)
        wanted = "a finite number of seconds, not negative"
        demand(self._plugin, what, seconds, wanted, good=is_amount(seconds))
        return seconds

    def _explain(self, explain: Callable[..., Any], layer: Layer, *batch: int) -> Mapping[str, str]:
        what = f"the explanation of {self._what} for layer {layer.name!r}"
        formulas: Mapping[str, str] = ask(self._plugin, what, explain, layer, *batch)
        good = isinstance(formulas, Mapping) and are_texts([*formulas, *formulas.values()])
        demand(self._plugin, what, formulas, "a dict of strings", good=good)
        return formulas

    def predict(self, layer: Layer, batch: int = 1) -> Cost:
        """Predict the cost of a batch, in seconds and joules, positive and finite where known."""
        what = f"the prediction of {self._what} for layer {layer.name!r}"
        macs = layer.macs
        try:
            cost: Cost = ask(self._plugin, what, levels.predict, self._item, layer, batch)
        except PredictionError as refusal:
            if self._plugin.own:
                raise
            # What it says comes first, as tables only show the beginning.
            who = f"{self._what} on layer {layer.name!r}, {self._plugin}"
            raise PredictionError(f"{refusal} ({who})") from refusal
        demand(self._plugin, what, cost, "a Cost", good=isinstance(cost, Cost))
        latency, energy = cost.latency_s, cost.energy_j
        demand(
            self._plugin,
            what,
            cost,
            "a positive, finite number of seconds and of joules",
            good=(latency is None or is_positive(latency))
            and (energy is None or is_positive(energy)),
        )
        if layer.macs != macs:
            demand(self._plugin, f"the MACs after {what}", layer.macs, str(macs), good=False)
        return cost
