"""From an accelerator's own technology point to the one that is asked about."""

from __future__ import annotations

from typing import Any

import attrs

from fodlam_core.accelerators import Accelerator
from fodlam_core.config import AcceleratorConfig, PointConfig, TechnologyConfig
from fodlam_core.config.structure import checked_options
from fodlam_core.errors import ConfigError, FodlamError, MissingInputsError, ScalingError
from fodlam_core.registry import Registry
from fodlam_core.scaling import TechnologyScaler
from fodlam_core.scaling.carry import carry
from fodlam_core.technology import ScalingFactors, Technology


def scaling(
    accelerator: Accelerator,
    settings: AcceleratorConfig,
    asked: TechnologyConfig,
    registry: Registry,
) -> tuple[str, Technology, Technology, ScalingFactors]:
    """Find out how the costs of an accelerator are carried to the point that is asked about.

    Returns:
        The name of the rule, the accelerator's own point, the target, and the factors.

    Raises:
        ScalingError: if the rule cannot; the text has the lines to write, where some would help.
        FodlamError: if there is no such rule, or its options do not fit.
    """
    own = attrs.asdict(settings.technology, filter=lambda attribute, value: value is not None)
    source = attrs.evolve(accelerator.technology, **own)
    target = _target(asked, source)
    scaler = configured_scaler(asked, registry)
    given = [key for key in ("vdd", "flavor") if _is_given(key, asked, settings.technology)]
    try:
        factors = carry(scaler, source, target, given, asked.clock)
    except FodlamError as error:
        raise ScalingError(
            f"[technology] scaler: {scaler.name} cannot carry {accelerator.name} "
            f"from {source} to {target}: {error}{_cure(error, accelerator.name)}"
        ) from error
    return scaler.name, source, target, factors


def configured_scaler(asked: TechnologyConfig, registry: Registry) -> TechnologyScaler:
    """Return the rule that the configuration names, its options applied.

    Raises:
        FodlamError: if there is no such rule, or its options do not fit.
    """
    scaler = registry.scaler(asked.scaler)
    options: type | None = getattr(scaler, "options", None)
    configure = getattr(scaler, "configure", None)
    if options and configure:
        chosen: Any = checked_options(asked.options, options, ("technology", "options"))
        try:
            configured: TechnologyScaler = configure(chosen)
        except FodlamError:
            raise
        except Exception as error:
            raise ScalingError(f"[technology.options]: {scaler.name} fails: {error!r}") from error
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


def _is_given(key: str, *settings: TechnologyConfig | PointConfig) -> bool:
    return any(getattr(each, key) is not None for each in settings)


def _cure(error: FodlamError, accelerator: str) -> str:
    """Return the lines to write where a point lacks something."""
    if not isinstance(error, MissingInputsError):
        return ""
    tables = {"source": f"[accelerator.{accelerator}.technology]", "target": "[technology]"}
    values = {"vdd": "vdd = ...", "flavor": 'flavor = "hp" or "lp"'}
    lines = [
        f"{table} " + ", ".join(values[key] for where, key in error.missing if where == side)
        for side, table in tables.items()
        if any(where == side for where, _ in error.missing)
    ]
    return f"; write {' and '.join(lines)}"
