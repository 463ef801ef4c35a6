"""From an accelerator's own technology point to the one that is asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.errors import ConfigError, FodlamError, MissingInputsError, ScalingError, Setting
from fodlam_core.model.technology import IDENTITY, Multipliers, ScalingFactors, Technology
from fodlam_core.named_tuple import NamedTuple
from fodlam_core.scaling.carry import carry, multipliers
from fodlam_core.schema.structure import checked_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.config import AcceleratorConfig, PointConfig, TechnologyConfig
    from fodlam_core.model.energy_split import EnergySplit
    from fodlam_core.plugins.registry import Registry
    from fodlam_core.scaling import TechnologyScaler

# Where a node is given and no rule: it needs nothing but the node, and from 65 down to 7 nm its
# energies are within 16 % of DeepScaleTool's (Sarangi and Baas, ISCAS 2021).
DEFAULT_SCALER = "post-dennard"


class Scaled(NamedTuple):
    """How the costs of an accelerator are carried to the point that is asked about.

    Attributes:
        scaler: the name of the rule; None where no rule was asked.
        source: the accelerator's own point; None if not known.
        target: the point that is asked about; None likewise.
        factors: what costs are multiplied by.
    """

    scaler: str | None
    source: Technology | None
    target: Technology | None
    factors: ScalingFactors


OPTIONS = Setting(("technology", "options"))


def scaling(
    accelerator: Accelerator,
    settings: AcceleratorConfig,
    asked: TechnologyConfig,
    registry: Registry,
) -> Scaled:
    """Find out how the costs of an accelerator are carried to the point that is asked about.

    Raises:
        ScalingError: if the rule cannot, or the accelerator states no node; the text has the
            lines to write, where some would help.
        FodlamError: if there is no such rule, or its options do not fit.
    """
    if asked.as_measured:
        own = own_point(accelerator, settings)
        return Scaled(scaler=None, source=own, target=own, factors=IDENTITY)
    route = route_of(accelerator, settings, asked, registry)
    target = route.target(asked.node_nm, asked.vdd, asked.flavor)
    given = [key for key in ("vdd", "flavor") if _is_given(key, asked, settings.technology)]
    try:
        factors = carry(route.scaler, route.source, target, given, asked.clock, route.split)
    except FodlamError as error:
        raise route.refusal(target, error) from error
    return Scaled(scaler=route.scaler.name, source=route.source, target=target, factors=factors)


class Route(NamedTuple):
    """What does not change from one target to the next.

    Attributes:
        accelerator: the name of the accelerator.
        source: its own point.
        scaler: the rule that carries its costs from there, its options applied.
        clock: ``"scale"`` or ``"hold"``.
        split: what its energy is made of; None if not known.
    """

    accelerator: str
    source: Technology
    scaler: TechnologyScaler
    clock: str
    split: EnergySplit | None = None

    def target(self, node_nm: float | None, vdd: float | None, flavor: str | None) -> Technology:
        """Return a target; what is left unset at the accelerator's own node is as its own."""
        if node_nm is None:
            node_nm = self.source.node_nm
        if node_nm == self.source.node_nm:
            vdd = self.source.vdd if vdd is None else vdd
            flavor = self.source.flavor if flavor is None else flavor
        return Technology(node_nm, vdd, flavor)

    def multipliers(self, target: Technology) -> Multipliers:
        """Return what time and energy are multiplied by on the way to a target.

        Raises:
            ScalingError: as `scaling` does.
        """
        try:
            return multipliers(self.scaler, self.source, target, self.clock, self.split)
        except FodlamError as error:
            raise self.refusal(target, error) from error

    def refusal(self, target: Technology, error: FodlamError) -> ScalingError:
        """Return the refusal of the rule with where it was going, and what would help."""
        way = f"{self.scaler.name} cannot carry {self.accelerator} from {self.source} to {target}"
        found = (
            each._replace(cure=_cure(error.missing, self.accelerator))
            if isinstance(error, MissingInputsError)
            else each
            for each in error.problems
        )
        return ScalingError(*found, where=(Setting(("technology",), "scaler"), way))


def route_of(
    accelerator: Accelerator,
    settings: AcceleratorConfig,
    asked: TechnologyConfig,
    registry: Registry,
) -> Route:
    """Return how the costs of an accelerator are carried, whatever the target.

    Raises:
        FodlamError: if there is no such rule, or its options do not fit.
    """
    source = own_point(accelerator, settings)
    if source is None:
        name = accelerator.name
        raise ScalingError(
            f"[technology]: no source states the process node of {name}, so that its costs cannot "
            f"be scaled; leave [technology] out to take them as measured, or write "
            f"[accelerator.{toml_key(name)}.technology] node_nm = ... if you know it"
        )
    scaler = configured_scaler(asked, registry)
    return Route(
        accelerator=accelerator.name,
        source=source,
        scaler=scaler,
        clock=asked.clock,
        split=accelerator.energy_split,
    )


def own_point(accelerator: Accelerator, settings: AcceleratorConfig) -> Technology | None:
    """Return the technology point of an accelerator, as far as it, or the configuration, says."""
    own = attrs.asdict(settings.technology, filter=lambda _attribute, value: value is not None)
    if accelerator.technology is not None:
        return attrs.evolve(accelerator.technology, **own)
    return Technology(**own) if "node_nm" in own else None


def configured_scaler(asked: TechnologyConfig, registry: Registry) -> TechnologyScaler:
    """Return the rule that the configuration names, its options applied.

    Raises:
        FodlamError: if there is no such rule, or its options do not fit.
    """
    scaler = registry.scaler(asked.scaler or DEFAULT_SCALER)
    options: type | None = getattr(scaler, "options", None)
    configure = getattr(scaler, "configure", None)
    if options and configure:
        chosen: Any = checked_options(asked.options, options, ("technology", "options"))
        try:
            configured: TechnologyScaler = configure(chosen)
        except FodlamError:
            raise
        except Exception as error:
            raise ScalingError(f"{scaler.name} fails: {error!r}", where=OPTIONS) from error
        return configured
    if asked.options:
        raise ConfigError([f"{asked.scaler} has no options"], where=OPTIONS)
    return scaler


def toml_key(name: str) -> str:
    """Return a name as a key of TOML has it.

    >>> toml_key("eie"), toml_key("chip/int8")
    ('eie', '"chip/int8"')
    """
    return name if name.replace("-", "").replace("_", "").isalnum() else f'"{name}"'


def _is_given(key: str, *settings: TechnologyConfig | PointConfig) -> bool:
    return any(getattr(each, key) is not None for each in settings)


def _cure(missing: Sequence[tuple[str, str]], accelerator: str) -> tuple[str | Setting, ...]:
    """Return the lines to write where the points lack something."""
    paths = {"source": ("accelerator", accelerator, "technology"), "target": ("technology",)}
    values = {"vdd": "...", "flavor": '"hp" or "lp"'}
    cure: list[str | Setting] = []
    for side in dict.fromkeys(side for side, _ in missing):
        first, *rest = (key for each, key in missing if each == side)
        value = ", ".join((values[first], *(f"{key} = {values[key]}" for key in rest)))
        cure += [" and " if cure else "write ", Setting(paths[side], first, value)]
    return tuple(cure)
