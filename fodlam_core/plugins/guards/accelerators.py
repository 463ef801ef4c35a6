"""The border to the accelerators of plugins."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.accelerators import Accelerator
from fodlam_core.plugins.guards.asking import ask, demand, mistake
from fodlam_core.plugins.guards.predictors import GuardedPredictor

if TYPE_CHECKING:
    from collections.abc import Callable

    from fodlam_core.plugins import Plugin


class _Supplied:
    """An accelerator itself and the name of its plugin, by which its guard is kept."""

    def __init__(self, accelerator: Accelerator, plugin: Plugin) -> None:
        self.accelerator, self.plugin, self.supplier = accelerator, plugin, str(plugin)

    def __hash__(self) -> int:
        return id(self.accelerator)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Supplied)
            and self.accelerator is other.accelerator
            and self.supplier == other.supplier
        )


def guarded_accelerator(accelerator: Accelerator, plugin: Plugin) -> Accelerator:
    """Return an accelerator so that the mistakes of what is called in it become clear errors.

    It is the same object for the same accelerator, so that what is fitted to it is fitted once.

    Raises:
        PluginError: if two of its rows are for the same layer and batch.
    """
    return _guarded(_Supplied(accelerator, plugin.alone()))


@functools.lru_cache(maxsize=64)
def _guarded(supplied: _Supplied) -> Accelerator:
    accelerator, plugin = supplied.accelerator, supplied.plugin
    name = accelerator.name
    _check_measurements(accelerator, plugin)
    predictors = [GuardedPredictor(each, plugin, name) for each in accelerator.predictors]
    configure = accelerator.apply_options
    return attrs.evolve(
        accelerator,
        predictors=predictors,
        apply_options=GuardedOptions(configure, plugin, name) if configure else None,
    )


def _check_measurements(accelerator: Accelerator, plugin: Plugin) -> None:
    what, seen = f"one of the measurements of {accelerator.name}", set()
    for row in accelerator.measurements:
        key = row.key
        if key in seen:
            where = f"{row.label} at batch {row.batch}"
            raise mistake(plugin, f"{what}: {where} is listed twice; remove one")
        seen.add(key)


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
        demand(plugin, what, changed, "an accelerator", good=isinstance(changed, Accelerator))
        before, after = _macs(given), _macs(changed)
        good = after.items() <= before.items()
        demand(plugin, f"the MACs after {what}", after, "no change", good=good)
        return guarded_accelerator(changed, plugin)


def _macs(accelerator: Accelerator) -> dict[tuple[str, str], int]:
    return {row.key[:2]: row.layer.macs for row in accelerator.measurements}
