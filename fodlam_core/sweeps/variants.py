"""The configuration of a sweep with some keys set, prepared as that of a single run is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.config.chip_files import files_in_config, with_files
from fodlam_core.config.load import Source, structure_source
from fodlam_core.errors import ConfigError, FodlamError
from fodlam_core.estimates import prepare
from fodlam_core.estimates.network import configured_network, unnamed
from fodlam_core.sweeps.keys import with_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fodlam_core.config import Config, NetworkConfig
    from fodlam_core.estimates import Composer
    from fodlam_core.model.layers import Network
    from fodlam_core.plugins.registry import Registry


class Variants:
    """Prepares variants of a configuration; networks and data files are read once.

    Args:
        source: the configuration, its keys set to the first point of the sweep.
        registry: what is installed.
    """

    def __init__(self, source: Source, registry: Registry) -> None:
        self._source = source
        self._registry = registry
        self._networks: dict[NetworkConfig, Network] = {}
        self._registries: dict[tuple[tuple[str, str], ...], Registry] = {}

    def composer(self, values: Mapping[str, Any]) -> Composer:
        """Return the composer with some keys of the configuration set.

        Raises:
            FodlamError: if the variant has no costs; it does not name the configuration.
        """
        source = self._source._replace(tables=with_values(self._source.tables, values))
        config, problems = structure_source(source)
        if config is None:
            raise ConfigError(problems)
        try:
            config, registry = self._without_files(config)
            return prepare(config, registry, self._network(config))
        except FodlamError as error:
            raise FodlamError(*unnamed(error, config.source)) from error

    def _without_files(self, config: Config) -> tuple[Config, Registry]:
        """Return the configuration and a registry with what its files describe, each read once."""
        files = files_in_config(config.accelerator)
        key = tuple(files.items())
        if key not in self._registries:
            registry, problems = with_files(self._registry, files)
            if problems:
                raise ConfigError(problems)
            self._registries[key] = registry
        settings = {
            name: attrs.evolve(each, file=None) for name, each in config.accelerator.items()
        }
        return attrs.evolve(config, accelerator=settings), self._registries[key]

    def _network(self, config: Config) -> Network:
        key = attrs.evolve(config.network, layers=None, method="auto", batch=1)
        if key not in self._networks:
            self._networks[key] = configured_network(config, self._registry)
        return self._networks[key]
