"""The network that a configuration names, and errors with the name of the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fodlam_core.errors import ConfigError, FodlamError, NetworkError, Problem, Setting
from fodlam_core.networks.zoo import zoo_network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.config import Config, NetworkConfig
    from fodlam_core.model.layers import Network
    from fodlam_core.plugins.registry import Registry


def named_after(config: Config, error: FodlamError) -> ConfigError:
    """Return an error with the name of the configuration before each line."""
    return ConfigError(error.problems, where=config.source)


def unnamed(error: FodlamError, source: str) -> Iterator[Problem]:
    """Yield the problems of an error without the name of the configuration."""
    for each in error.problems:
        yield each._replace(where=each.where[1:]) if each.where[:1] == (source,) else each


def configured_network(config: Config, registry: Registry) -> Network:
    """Return the network that a configuration names.

    Raises:
        FodlamError: if there is no such network, or its file cannot be read; the text names the
            key, not the configuration.
    """
    wanted = config.network
    if wanted.file is None and wanted.name is None:
        raise NetworkError("[network]: give a name, a file, or a Network in code")
    if wanted.file is None:
        return zoo_network(wanted.name or "", wanted.tokens)
    return _of_file(wanted, wanted.file, registry)


def _of_file(wanted: NetworkConfig, path: str, registry: Registry) -> Network:
    from pathlib import Path

    from fodlam_core.networks.files import open_network
    from fodlam_core.networks.reader import ReadOptions

    reader = registry.reader(wanted.format) if wanted.format else None
    options = ReadOptions(
        input=wanted.input,
        regions=wanted.regions,
        inputs=wanted.inputs,
        symbols=wanted.symbols,
        batch_axis=wanted.batch_axis,
        shapes=registry.shapes,
        tokens=wanted.tokens,
    )
    try:
        network = open_network(Path(path), registry.readers, options, reader)
    except FodlamError as error:
        file = Setting(("network",), "file")
        problems = (
            each if any(isinstance(part, Setting) for part in each.where) else each.at(file)
            for each in error.problems
        )
        raise NetworkError(*problems) from error
    return attrs.evolve(network, measured_as=wanted.measured_as)
