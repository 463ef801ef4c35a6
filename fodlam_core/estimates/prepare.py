"""From a configuration to a composer: everything that is done once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.config import Config, NetworkConfig, load_config
from fodlam_core.config.files import files_in_config, with_files
from fodlam_core.errors import ConfigError, FodlamError, NetworkError, ScalingError, listed
from fodlam_core.estimates.checks import (
    check_measured,
    check_measured_as,
    check_names,
    check_served,
)
from fodlam_core.estimates.composer import Composer
from fodlam_core.estimates.dispatch import accelerator_for
from fodlam_core.estimates.figures import METHODS, Basis, Coverage
from fodlam_core.estimates.network import configured_network, named_after
from fodlam_core.estimates.notes import gather_notes
from fodlam_core.estimates.platform import Platform, platform
from fodlam_core.estimates.published_totals import (
    ReferenceCost,
    answer,
    check_references,
    reference_costs,
)
from fodlam_core.estimates.totals import parts_of
from fodlam_core.model.layers import Layer, Network
from fodlam_core.plugins.registry import Registry, load_registry
from fodlam_core.version import __version__

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from fodlam_core.estimates.estimate import Estimate

Items = tuple[tuple[Layer, Basis | None], ...]


def estimate(
    config: str | os.PathLike[str] | Config | None = None,
    registry: Registry | None = None,
    network: Network | None = None,
) -> Estimate:
    """Return what a network costs: `prepare` and `Composer.estimate` in one.

    Args:
        config: a configuration, or the file to read it from; by default one inference at 65 nm.
        registry: the accelerators and rules to use; by default everything installed.
        network: the network, instead of the one that the configuration names.

    Raises:
        FodlamError: with a line for each mistake.
    """
    return prepare(config, registry, network).estimate()


def prepare(
    config: str | os.PathLike[str] | Config | None = None,
    registry: Registry | None = None,
    network: Network | None = None,
) -> Composer:
    """Prepare a composer: read the network, dispatch its layers, fit, and find the factors.

    Args:
        config: a configuration, or the file to read it from; by default one inference at 65 nm.
        registry: the accelerators and rules to use; by default everything installed.
        network: the network, instead of the one that the configuration names.

    Raises:
        ConfigError: with a line for each mistake, each naming the configuration.
    """
    registry = registry or load_registry()
    if config is None:
        config = Config(NetworkConfig())
    elif not isinstance(config, Config):
        config = load_config(config, registry)
    if not isinstance(network, Network | None):
        raise ConfigError(
            [f"network: expected a Network, got {network!r}; the name of one goes into [network]"]
        )
    registry, problems = with_files(registry, files_in_config(config.accelerator))
    if problems:
        raise ConfigError(f"{config.source}: {problem}" for problem in problems)
    try:
        return _prepare(config, registry, network or configured_network(config, registry))
    except FodlamError as error:
        raise named_after(config, error) from error


def _prepare(config: Config, registry: Registry, network: Network) -> Composer:
    wanted = config.network.layers
    layers = network.layers if wanted is None else network.select(wanted)
    if not layers and not config.fodlam:
        raise NetworkError(f"{network.name} has no layer that costs MACs")
    check_names(config, registry)
    platforms, by_kind = _platforms(config, registry, layers)
    check_served(config, registry, network, layers, by_kind)
    check_references(config, network, layers, platforms)
    if config.network.measured_as:
        check_measured_as(network, layers, by_kind)
    if config.network.method == "published":
        check_measured(network, layers, by_kind)
    items = _items(config, network, layers, by_kind)
    batch = config.network.batch
    whole = answer(platforms, reference_costs(network, platforms, batch), batch)
    coverage = _coverage(items, network, whole)
    batches = _batches(items) if batch == "published" else {}
    if whole and batch == "published":
        batches = {"total": (whole.reference.batch,)}
    return Composer(
        config,
        network,
        items,
        parts_of(items),
        platforms,
        coverage,
        batches,
        (*_missing(items, registry), *gather_notes(config, network, items, platforms, batches)),
        _versions(registry, platforms),
    )


def _platforms(
    config: Config, registry: Registry, layers: Iterable[Layer]
) -> tuple[dict[str, Platform], dict[str, Platform | None]]:
    """Return the platforms in use by accelerator, and by the kind of layer that they serve.

    Raises:
        ScalingError: with a line for each accelerator that the rule refuses.
    """
    kinds = {
        kind: accelerator_for(kind, config, registry)
        for kind in dict.fromkeys(layer.kind for layer in layers)
    }
    accelerators = {each.name: each for each in kinds.values() if each}
    platforms: dict[str, Platform] = {}
    refusals: list[ScalingError] = []
    for name, accelerator in accelerators.items():
        try:
            platforms[name] = platform(accelerator, config, registry)
        except ScalingError as error:
            refusals.append(error)
    if refusals:
        raise ScalingError("\n".join(map(str, refusals))) from refusals[0]
    by_kind = {kind: platforms[each.name] if each else None for kind, each in kinds.items()}
    return platforms, by_kind


def _missing(items: Items, registry: Registry) -> list[str]:
    """Say which plugins may be the ones that serve what is not modelled."""
    kinds = dict.fromkeys(layer.kind for layer, basis in items if basis is None)
    if not kinds:
        return []
    return [f"{text}; it may be what serves {listed(kinds)}" for text in registry.broken()]


def _items(
    config: Config,
    network: Network,
    layers: tuple[Layer, ...],
    by_kind: dict[str, Platform | None],
) -> Items:
    items: list[tuple[Layer, Basis | None]] = []
    problems: list[FodlamError] = []
    for layer in layers:
        platform = by_kind[layer.kind]
        try:
            items.append((layer, platform and _basis(config, network, layer, platform)))
        except FodlamError as error:
            problems.append(error)
    if problems:
        raise NetworkError("\n".join(dict.fromkeys(map(str, problems)))) from problems[0]
    return tuple(items)


def _basis(config: Config, network: Network, layer: Layer, platform: Platform) -> Basis | None:
    if platform.accelerator.references_only:
        return None
    if config.network.method != "predicted":
        row = platform.measurement(network.measured_as, layer)
        if row:
            return platform.published(layer, row)
    return platform.predicted(layer)


def _coverage(items: Items, network: Network, whole: ReferenceCost | None) -> Coverage:
    """Return how much of a network has a cost.

    A published cost of the whole network covers all its layers, though none of them has a cost of
    its own; but only where latency and energy are published both, as they are of any other layer
    that is covered. With one of them alone half of the total is missing: nothing is covered.
    """
    layers = dict.fromkeys(METHODS, 0)
    macs = dict.fromkeys(METHODS, 0)
    for layer, basis in items:
        method = basis.method if basis else "not modelled"
        if whole and not whole.lacks:
            method = "published"
        layers[method] += 1
        macs[method] += layer.total_macs
    selected = {layer.key for layer, _ in items}
    rest = [layer for layer in network.layers if layer.key not in selected]
    return Coverage(
        layers,
        macs,
        len(rest),
        sum(layer.total_macs for layer in rest),
        network.skipped,
        network.uncosted,
    )


def _batches(items: Items) -> dict[str, tuple[int, ...]]:
    batches: dict[str, set[int]] = {}
    for layer, basis in items:
        if basis:
            batches.setdefault(layer.kind, set()).update(basis.batches)
    return {kind: tuple(sorted(sizes)) for kind, sizes in batches.items()}


def _versions(registry: Registry, platforms: dict[str, Platform]) -> dict[str, str]:
    versions = {"fodlam-core": __version__}
    for name in platforms:
        plugin = registry.providers["accelerator", name]
        versions[plugin.distribution] = plugin.version
    return versions
