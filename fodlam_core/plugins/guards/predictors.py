"""The border to the predictors of plugins."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.model.costs import Cost, Measurement
from fodlam_core.model.layers import Layer
from fodlam_core.model.whole_network import is_positive
from fodlam_core.plugins.guards.asking import CITATION, TEXTS, Guarded, are_texts, ask, demand

if TYPE_CHECKING:
    from fodlam_core.plugins import Plugin

_FIELDS = frozenset(field.name for field in attrs.fields(Layer))


def _are_fields(value: object) -> bool:
    return isinstance(value, frozenset | set | tuple | list) and _FIELDS.issuperset(value)


def _are_pairs(value: object) -> bool:
    return isinstance(value, tuple | list) and all(
        field in _FIELDS and isinstance(suffix, str) for field, suffix in value
    )


class GuardedPredictor(Guarded):
    """A predictor of a plugin."""

    DEMANDS = {  # noqa: RUF012, a constant of the base
        "requires": (_are_fields, "a frozenset of fields of Layer"),
        "optional": (_are_pairs, "a tuple of pairs of a field of Layer and a name"),
        "notes": TEXTS,
        "citation": CITATION,
    }
    REQUIRED = frozenset({"requires"})

    def __init__(self, item: Any, plugin: Plugin, owner: str) -> None:
        what = f"the name of a {type(item).__name__} of {owner}"
        self.name = ask(plugin, what, lambda: item.name)
        demand(plugin, what, isinstance(self.name, str), self.name, "a string")
        super().__init__(item, plugin, f"{self.name} of {owner}")

    def fit(self, measurements: Sequence[Measurement]) -> GuardedFit:
        """Fit it."""
        what = f"fitting {self._what}"
        fitted = ask(self._plugin, what, lambda: self._item.fit(measurements))
        good = callable(getattr(fitted, "predict", None))
        demand(self._plugin, what, good, fitted, "something with a method predict")
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
        "explain": (lambda value: value is None or callable(value), "a method or None"),
    }

    def __getattr__(self, name: str) -> Any:
        value = super().__getattr__(name)
        if name == "alternatives":
            value = tuple(GuardedFit(each, self._plugin, self._what) for each in value)
            self.alternatives = value
        elif name == "explain" and value:
            value = functools.partial(self._explain, value)
            self.explain = value
        return value

    def _explain(self, explain: Callable[[Layer], Any], layer: Layer) -> Mapping[str, str]:
        what = f"the explanation of {self._what} for layer {layer.name!r}"
        formulas: Mapping[str, str] = ask(self._plugin, what, explain, layer)
        good = isinstance(formulas, Mapping) and are_texts([*formulas, *formulas.values()])
        demand(self._plugin, what, good, formulas, "a dict of strings")
        return formulas

    def predict(self, layer: Layer) -> Cost:
        """Predict the cost of a layer, in seconds and joules, both positive and finite."""
        what = f"the prediction of {self._what} for layer {layer.name!r}"
        macs = layer.macs
        cost: Cost = ask(self._plugin, what, lambda: self._item.predict(layer))
        demand(self._plugin, what, isinstance(cost, Cost), cost, "a Cost")
        demand(
            self._plugin,
            what,
            is_positive(cost.latency_s)
            and is_positive(cost.energy_j)
            and 0 <= cost.offchip_latency_s <= cost.latency_s,
            cost,
            "a positive, finite number of seconds and of joules",
        )
        demand(self._plugin, f"the MACs after {what}", layer.macs == macs, layer.macs, str(macs))
        return cost
