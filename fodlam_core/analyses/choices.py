"""One configuration under several choices: rules, accelerators, predictors, batches."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from fodlam_core.config import AcceleratorConfig, Config
from fodlam_core.errors import UnknownNameError, listed, unknown
from fodlam_core.estimates.dispatch import accelerator_for
from fodlam_core.estimates.scaling import DEFAULT_SCALER

if TYPE_CHECKING:
    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.layers import Network
    from fodlam_core.plugins.registry import Registry

ALL = "all"
Change = Callable[[Config], "Config | None"]  # None: the choice means nothing for it


class Variant(NamedTuple):
    """A configuration, and the choices that set it apart from the others.

    Attributes:
        choices: what was chosen, such as ``{"scaler": "dennard"}``; all variants of a comparison
            have the same keys.
        config: the configuration with these choices.
    """

    choices: Mapping[str, str]
    config: Config


def variants(
    config: Config, network: Network, registry: Registry, asked: Mapping[str, Sequence[str]]
) -> list[Variant]:
    """Return the configuration under every combination of the choices.

    Args:
        config: the configuration.
        network: its network.
        registry: what there is to choose from.
        asked: names by what they are of, out of ``"scaler"``, ``"accelerator"``,
            ``"predictor"`` and ``"batch"``; ``"all"`` stands for all that apply. A rule of another
            name than the configuration's takes its default options. Predictors are compared on
            every layer, as if none had been published; one that no accelerator of a combination
            has is left out there.

    Raises:
        UnknownNameError: if there is nothing of a name, or no accelerator in use has a predictor.
        ValueError: if a batch is neither a positive whole number nor ``"published"``.
    """
    named = asked.get("accelerator", ())
    registry = registry.with_loaded(
        [*config.dispatch.values(), *(registry.names("accelerator") if ALL in named else named)]
    )
    ways = {
        "scaler": lambda names: _scalers(config, registry, names),
        "accelerator": lambda names: _accelerators(network, registry, names),
        "predictor": lambda names: _predictors(network, registry, names),
        "batch": _batches,
    }
    axes = {what: ways[what](names) for what, names in asked.items()}
    made = []
    for combination in itertools.product(*axes.values()):
        choices = dict(zip(axes, combination, strict=True))
        changed: Config | None = config
        # Which predictors there are depends on the accelerators.
        for what in sorted(choices, key=list(ways).index):
            changed = axes[what][choices[what]](changed) if changed else None
        if changed:
            made.append(Variant(choices, changed))
    lost = set(axes.get("predictor", ())) - {each.choices.get("predictor") for each in made}
    if lost and ALL not in asked["predictor"]:
        raise UnknownNameError(
            f"no accelerator in use has a predictor {listed(sorted(lost))}; give a kind of layer "
            "to one that has"
        )
    return made


def _scalers(config: Config, registry: Registry, names: Sequence[str]) -> dict[str, Change]:
    if ALL in names:
        names = registry.names("rule")
    own = registry.scaler(config.technology.scaler or DEFAULT_SCALER).name

    def choose(name: str) -> Change:
        options = config.technology.options if name == own else {}
        return lambda each: attrs.evolve(
            each, technology=attrs.evolve(each.technology, scaler=name, options=options)
        )

    return {name: choose(name) for name in (registry.scaler(each).name for each in names)}


def _accelerators(network: Network, registry: Registry, names: Sequence[str]) -> dict[str, Change]:
    """Let each accelerator in turn run every kind of layer that it serves."""
    kinds = {layer.kind for layer in network.layers}
    if ALL in names:
        names = [each.name for each in registry.accelerators if kinds & set(each.kinds)]

    def choose(accelerator: Accelerator) -> Change:
        served = {kind: accelerator.name for kind in accelerator.kinds if kind in kinds}
        return lambda each: attrs.evolve(each, dispatch={**each.dispatch, **served}, rules=())

    chosen = (name for each in names for name in registry.matching(each))
    return {name: choose(registry.accelerator(name)) for name in chosen}


def _predictors(network: Network, registry: Registry, names: Sequence[str]) -> dict[str, Change]:
    """Let each predictor in turn predict on every accelerator in use that has it."""
    kinds = dict.fromkeys(layer.kind for layer in network.layers)
    serving = [each for each in registry.accelerators if kinds.keys() & set(each.kinds)]
    known = sorted(set().union(*map(_predictors_of, serving)))
    names = known if ALL in names else names
    for name in names:
        if name not in known:
            raise UnknownNameError(unknown("predictor", name, known))

    def choose(predictor: str) -> Change:
        def change(each: Config) -> Config | None:
            settings = {
                registry.full_name("accelerator", name): table
                for name, table in each.accelerator.items()
            }
            used = [accelerator_for(kind, each, registry) for kind in kinds]
            having = {chip.name for chip in used if chip and predictor in _predictors_of(chip)}
            if not having:
                return None
            for name in having:
                own = settings.get(name, AcceleratorConfig())
                settings[name] = attrs.evolve(own, predictor=predictor)
            predicted = attrs.evolve(each.network, method="predicted")
            return attrs.evolve(each, accelerator=settings, network=predicted)

        return change

    return {name: choose(name) for name in names}


def _predictors_of(accelerator: Accelerator) -> set[str]:
    return {each.name for each in accelerator.predictors}


def _batches(names: Iterable[str]) -> dict[str, Change]:
    def choose(name: str) -> Change:
        batch: Any = int(name) if name.isdecimal() else name
        return lambda each: attrs.evolve(each, network=attrs.evolve(each.network, batch=batch))

    return {name: choose(name) for name in names}
