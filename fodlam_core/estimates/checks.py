"""Checks of what a configuration asks for against its network and what is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.config.names import dispatch_problems, written_twice
from fodlam_core.errors import ConfigError, NetworkError, Problem, Setting, listed, unknown
from fodlam_core.estimates.platform import Platform
from fodlam_core.estimates.published_totals import reference_names
from fodlam_core.model.layers import Layer, Network

if TYPE_CHECKING:
    from fodlam_core.config import Config
    from fodlam_core.plugins.registry import Registry

Work = tuple[tuple[Layer, Platform | None], ...]


def check_served(
    config: Config,
    registry: Registry,
    network: Network,
    work: Work,
) -> None:
    """Check that something serves the layers: each that is asked for by name, else any.

    Raises:
        NetworkError: naming the layers, or what to install.
    """
    unserved = [layer for layer, platform in work if platform is None]
    if not unserved:
        return
    if not registry.names("accelerator"):
        raise NetworkError(registry.nothing_installed("accelerator"))
    if config.network.layers is not None:
        raise NetworkError(
            *(
                f"no installed accelerator serves {layer.name!r}, which is of kind {layer.kind!r}"
                for layer in unserved
            ),
            where=Setting(("network",), "layers"),
            cure="leave it out or install a plugin that does",
        )
    if len(unserved) == len(work):
        text = f"no installed accelerator serves any layer of {network.name}"
        if config.exclusive:
            chips = listed(list(dict.fromkeys(config.dispatch.values())))
            raise NetworkError(
                f"{chips} runs no layer of {network.name}, and no other chip may",
                cure="name one that does with --on, or leave it out",
            )
        known, kinds = registry.names("layer kind"), dict.fromkeys(each.kind for each in unserved)
        strange = [unknown("layer kind", kind, known) for kind in kinds if kind not in known]
        raise NetworkError("; ".join([text, *strange, *registry.broken(), *registry.blocked()]))


def check_names(config: Config, registry: Registry) -> None:
    """Check names that are not looked up otherwise, in a configuration that is built in code.

    Raises:
        FodlamError: with a line for each mistake.
    """
    problems = [
        *dispatch_problems({**config.dispatch, "rules": config.rules}, registry),
        *written_twice(config.accelerator, registry),
    ]
    if problems:
        raise ConfigError(problems)
    for name, settings in config.accelerator.items():
        accelerator = registry.accelerator(name)
        if settings.predictor is not None:
            accelerator.predictor(settings.predictor)


def check_measured_as(network: Network, work: Work) -> None:
    """Check that layers are those of the measured network that the file is said to be.

    Raises:
        NetworkError: with a line for each layer that is not.
    """
    name = network.measured_as or ""
    measured_as = Setting(("network",), "measured_as")
    platforms = {each.accelerator.name: each for _, each in work if each}.values()
    measured = {row[0] for each in platforms for row in each.rows}
    whole = reference_names(platforms)
    if name not in measured | whole:
        raise NetworkError(unknown("network", name, measured | whole), where=measured_as)
    if name not in measured:
        return  # the references are compared with its MACs where they are used
    problems = []
    for layer, platform in work:
        rows = platform.rows.get((name, layer.key)) if platform else None
        row = rows[0] if rows else None
        if row is None:
            problems.append(f"{layer.name} was not measured in {name}")
        elif row.layer.macs != layer.macs:
            problems.append(f"{layer.name} has {layer.macs} MACs, in {name} {row.layer.macs}")
        elif layer.shape and row.layer.shape and layer.shape != row.layer.shape:
            problems.append(f"{layer.name} is {layer.shape}, in {name} {row.layer.shape}")
    if problems:
        raise NetworkError(*problems, where=measured_as)


def check_measured(network: Network, work: Work, batch: int | str) -> None:
    """Check that every layer that is served was measured.

    Raises:
        NetworkError: with a line for each accelerator that did not measure all of its layers.
    """
    missing: dict[str, dict[str, None]] = {}
    measured: dict[str, list[str]] = {}
    for layer, platform in work:
        if platform is None or platform.accelerator.references_only:
            continue
        if not platform.measurement(network.measured_as, layer, batch):
            name = platform.accelerator.name
            missing.setdefault(name, {})[layer.name] = None
            measured[name] = sorted({network for network, _ in platform.rows})
    if missing:
        problems = []
        for accelerator, (first, *more) in missing.items():
            which = f"{1 + len(more)} layers of {network.name} were"
            known = ", ".join(measured[accelerator]) or "nothing"
            subject = which if more else f"{first} of {network.name} was"
            layers_of_it = f": {listed((first, *more))}" if more else ""
            problems.append(
                Problem(
                    f"{subject} not measured on {accelerator}",
                    more=f" (measured: {known}){layers_of_it}",
                )
            )
        cure = 'write method = "auto" or "predicted"'
        raise NetworkError(*problems, where=Setting(("network",), "method"), cure=cure)
