"""The border to the accelerators of plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.accelerators import Accelerator
from fodlam_core.model.costs import Citation, Measurement
from fodlam_core.model.technology import Technology
from fodlam_core.model.whole_network import Reference, is_positive
from fodlam_core.plugins.guards.asking import ask, demand, mistake
from fodlam_core.plugins.guards.predictors import GuardedPredictor

if TYPE_CHECKING:
    from collections.abc import Callable

    from fodlam_core.plugins import Plugin


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
        demand(plugin, f"{field} of {name}", isinstance(value, cls), value, cls.__name__)
    _check_measurements(accelerator, plugin)
    for note in accelerator.notes:
        demand(plugin, f"one of the notes of {name}", isinstance(note, str), note, "a string")
    for reference in accelerator.references:
        good = isinstance(reference, Reference) and not reference.problem()
        demand(plugin, f"one of the references of {name}", good, reference, "positive numbers")
    for field in ("clock_hz", "area_mm2"):
        value = getattr(accelerator, field)
        good = value is None or is_positive(value)
        demand(plugin, f"{field} of {name}", good, value, "a positive, finite number")
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
        demand(plugin, what, isinstance(row, Measurement), row, "a Measurement")
        problem = row.problem()
        if problem:
            raise mistake(plugin, f"{what}: {problem}")
        key = row.network, row.layer.key
        if key in seen:
            where = f"{row.network} {row.layer.name}"
            raise mistake(plugin, f"{what}: {where} is there twice; remove one")
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
        demand(plugin, what, isinstance(changed, Accelerator), changed, "an accelerator")
        before, after = _macs(given), _macs(changed)
        good = after.items() <= before.items()
        demand(plugin, f"the MACs after {what}", good, after, "no change")
        return guarded_accelerator(changed, plugin)


def _macs(accelerator: Accelerator) -> dict[tuple[str, str], int]:
    return {(row.network, row.layer.key): row.layer.macs for row in accelerator.measurements}
