"""From a configuration to a composer: everything that is done once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.config import Config, NetworkConfig
from fodlam_core.config.asked import asked_config
from fodlam_core.config.chip_files import files_in_config, with_files
from fodlam_core.errors import ConfigError, FodlamError, NetworkError, ScalingError
from fodlam_core.estimates.checks import (
    check_measured,
    check_measured_as,
    check_names,
    check_served,
)
from fodlam_core.estimates.dispatch import dispatch
from fodlam_core.estimates.dispatched import Dispatched
from fodlam_core.estimates.network import configured_network, named_after
from fodlam_core.estimates.parts import with_parts
from fodlam_core.estimates.platform import Platform, platform
from fodlam_core.estimates.published_totals import check_references
from fodlam_core.model.layers import Network
from fodlam_core.plugins.registry import Registry, default_registry
from fodlam_core.version import __version__

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.estimates.composer import Composer
    from fodlam_core.estimates.estimate import Estimate


def estimate(
    config: str | os.PathLike[str] | Config | None = None,
    registry: Registry | None = None,
    network: Network | None = None,
) -> Estimate:
    """Return what a network costs: `prepare` and `Composer.estimate` in one.

    Args:
        config: a configuration, or the file to read it from; a network file, or the name of a
            network; by default one inference at 65 nm.
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
        config: a configuration, or the file to read it from; a network file, or the name of a
            network; by default one inference at 65 nm.
        registry: the accelerators and rules to use; by default everything installed.
        network: the network, instead of the one that the configuration names.

    Raises:
        ConfigError: with a line for each mistake, each naming the configuration.
    """
    registry = registry or default_registry()
    if config is None:
        config = Config(NetworkConfig())
    elif not isinstance(config, Config):
        config = asked_config(config, registry)
    if not isinstance(network, Network | None):
        raise ConfigError(
            [f"network: expected a Network, got {network!r}; the name of one goes into [network]"]
        )
    registry, problems = with_files(registry, files_in_config(config.accelerator))
    if problems:
        raise ConfigError(problems, where=config.source)
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
    chips = dispatch(layers, config, registry)
    platforms = _platforms(config, registry, chips)
    work = tuple(
        (layer, platforms[chip.name] if chip else None)
        for layer, chip in zip(layers, chips, strict=True)
    )
    work = with_parts(network, work)
    platforms |= {each.accelerator.name: each for _, each in work if each}
    check_served(config, registry, network, work)
    if network.transformer is not None:
        from fodlam_core.estimates.precision import check_precision

        check_precision(config, registry, network, work)
    check_references(config, network, layers, platforms)
    if config.network.measured_as:
        check_measured_as(network, work)
    if config.network.method == "published":
        check_measured(network, work, config.network.batch)
    dispatched = Dispatched(
        config,
        network,
        work,
        platforms,
        _versions(registry, platforms),
        registry,
        frozenset(layer.key for layer in layers),
    )
    return dispatched.composer(config.network.batch)


def _platforms(
    config: Config, registry: Registry, chips: Iterable[Accelerator | None]
) -> dict[str, Platform]:
    """Return the platforms in use by the name of the accelerator.

    Raises:
        ScalingError: with a line for each accelerator that the rule refuses.
    """
    accelerators = {each.name: each for each in chips if each}
    platforms: dict[str, Platform] = {}
    refusals: list[ScalingError] = []
    for name, accelerator in accelerators.items():
        try:
            platforms[name] = platform(accelerator, config, registry)
        except ScalingError as error:
            refusals.append(error)
    if refusals:
        raise ScalingError(*refusals) from refusals[0]
    return platforms


def _versions(registry: Registry, platforms: dict[str, Platform]) -> dict[str, str]:
    versions = {"fodlam-core": __version__}
    for name in platforms:
        plugin = registry.provider_of(name)
        versions[plugin.distribution] = plugin.version
    return versions
