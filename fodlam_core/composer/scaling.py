"""From an accelerator's own technology point to the one that is asked about."""

from __future__ import annotations

from typing import NamedTuple

import attrs

from fodlam_core.accelerators import Accelerator
from fodlam_core.config import AcceleratorConfig, TechnologyConfig
from fodlam_core.config.structure import checked_options
from fodlam_core.errors import ConfigError, ScalingError
from fodlam_core.registry import Registry
from fodlam_core.scaling import TechnologyScaler
from fodlam_core.technology import IDENTITY, ScalingFactors, Technology


class Scaling(NamedTuple):
    """How the costs of an accelerator are carried to the target.

    Attributes:
        source: the accelerator's own technology point.
        target: the technology point that is asked about.
        factors: what its costs are multiplied by.
    """

    source: Technology
    target: Technology
    factors: ScalingFactors


def scaling(
    accelerator: Accelerator,
    settings: AcceleratorConfig,
    asked: TechnologyConfig,
    registry: Registry,
) -> Scaling:
    """Return how the costs of an accelerator are carried to the point that is asked about.

    Raises:
        ScalingError: if the rule cannot.
        FodlamError: if there is no such rule, or its options do not fit.
    """
    own = attrs.asdict(settings.technology, filter=lambda attribute, value: value is not None)
    source = attrs.evolve(accelerator.technology, **own)
    target = _target(asked, source)
    scaler = configured_scaler(asked, registry)
    if source == target:
        return Scaling(source, target, IDENTITY)
    try:
        factors = scaler.factors(source, target)
    except ScalingError as error:
        raise ScalingError(
            f"[technology] scaler: {asked.scaler} cannot carry {accelerator.name} "
            f"from {source} to {target}: {error}"
        ) from error
    if asked.clock == "hold":
        note = f"{accelerator.name}: clock held, so time stays and power follows energy"
        factors = ScalingFactors(1.0, factors.energy, factors.area, (*factors.notes, note))
    return Scaling(source, target, factors)


def configured_scaler(asked: TechnologyConfig, registry: Registry) -> TechnologyScaler:
    """Return the rule that the configuration names, its options applied.

    Raises:
        FodlamError: if there is no such rule, or its options do not fit.
    """
    scaler = registry.scaler(asked.scaler)
    options: type | None = getattr(scaler, "options", None)
    configure = getattr(scaler, "configure", None)
    if options and configure:
        configured: TechnologyScaler = configure(
            checked_options(asked.options, options, ("technology", "options"))
        )
        return configured
    if asked.options:
        raise ConfigError([f"[technology.options]: {asked.scaler} has no options"])
    return scaler


def _target(asked: TechnologyConfig, source: Technology) -> Technology:
    """Return the target; what is left unset at the accelerator's own node is as its own."""
    here = asked.node_nm == source.node_nm
    return Technology(
        asked.node_nm,
        source.vdd if asked.vdd is None and here else asked.vdd,
        source.flavor if asked.flavor is None and here else asked.flavor,
    )
