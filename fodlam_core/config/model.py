"""A configuration as frozen values; its tables and keys are those of the TOML file."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

import attrs

Flavor = Literal["hp", "lp", "bulk"]
Batch = int | Literal["published"]

_Validator = Callable[[Any, "attrs.Attribute[Any]", Any], None]


def _between(least: float, most: float) -> _Validator:
    def check(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        for number in value if isinstance(value, tuple) else (value,):
            if isinstance(number, int | float) and not (
                math.isfinite(number) and least <= number <= most
            ):
                raise ValueError(f"{number!r} is not between {least:g} and {most:g}")

    return check


def _image(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if isinstance(value, tuple) and not value:
        raise ValueError("expected the size of one input, such as [3, 224, 224]")
    _between(1, 1_000_000)(instance, attribute, value)


_node = _between(1, 10_000)
_volts = _between(0.01, 100)


@attrs.frozen
class NetworkConfig:
    """``[network]``: exactly one of ``name`` and ``file``.

    Attributes:
        name: a network of the zoo.
        file: a network file; in a configuration file relative to that file.
        measured_as: the network whose published measurements the file stands for.
        format: the reader of the file; by default chosen by suffix and content.
        input: size of one input, where the file leaves it open or to override it.
        regions: how often per-region layers run.
        layers: the layers to cost; by default all whose kind is served.
        method: ``"published"``, ``"predicted"``, or ``"auto"``: published where it applies.
        batch: inferences; ``"published"`` takes costs as printed, as FODLAM did.

    Raises:
        ValueError: if a value is out of range, or the keys do not go together.
    """

    name: str | None = None
    file: str | None = None
    measured_as: str | None = None
    format: str | None = None
    input: tuple[int, ...] | None = attrs.field(default=None, validator=_image)
    regions: int | None = attrs.field(default=None, validator=_between(1, 1_000_000))
    layers: tuple[str, ...] | None = None
    method: Literal["auto", "published", "predicted"] = "auto"
    batch: Batch = attrs.field(default=1, validator=_between(1, 1_000_000_000))

    def __attrs_post_init__(self) -> None:
        if (self.name is None) == (self.file is None):
            raise ValueError("give exactly one of name (a network of the zoo) and file")
        if self.file is None:
            only = ("measured_as", "format", "input", "regions")
            given = [key for key in only if getattr(self, key) is not None]
            if given:
                raise ValueError(f"{', '.join(given)}: only for a network from a file")


@attrs.frozen
class TechnologyConfig:
    """``[technology]``: the chip that is asked about.

    Attributes:
        node_nm: process node in nanometres.
        vdd: supply voltage in volts; None: an accelerator's own, at its own node.
        flavor: process flavour; None: an accelerator's own, at its own node.
        scaler: the name of the scaling rule.
        clock: ``"scale"``: the clock follows the time factor; ``"hold"``: it stays.
        options: options of the rule.

    Raises:
        ValueError: if a value is out of range.
    """

    node_nm: float = attrs.field(default=65.0, validator=_node)
    vdd: float | None = attrs.field(default=None, validator=_volts)
    flavor: Flavor | None = None
    scaler: str = "dennard"
    clock: Literal["scale", "hold"] = "scale"
    options: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen
class PointConfig:
    """``[accelerator.NAME.technology]``: overrides of the accelerator's own technology point.

    Raises:
        ValueError: if a value is out of range.
    """

    node_nm: float | None = attrs.field(default=None, validator=_node)
    vdd: float | None = attrs.field(default=None, validator=_volts)
    flavor: Flavor | None = None


@attrs.frozen
class AcceleratorConfig:
    """``[accelerator.NAME]``.

    Attributes:
        predictor: the name of the predictor; None: the accelerator's default.
        technology: overrides of the accelerator's own technology point.
        options: the accelerator's own options: all other keys of the table.
    """

    predictor: str | None = None
    technology: PointConfig = PointConfig()
    options: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen
class Config:
    """A configuration.

    Attributes:
        network: what to estimate.
        technology: the chip that is asked about.
        dispatch: accelerator by layer kind; kinds that are not named take the default.
        accelerator: settings by accelerator.
        sweep: the axes of a sweep as they stand in the file; a single estimate ignores them.
        source: how messages name the configuration.
        fodlam: whether it is one of FODLAM's own, where an empty list of layers costs nothing.
        warnings: what was accepted but looks like a mistake.

    Raises:
        ValueError: if the list of layers is empty.
    """

    network: NetworkConfig
    technology: TechnologyConfig = TechnologyConfig()
    dispatch: Mapping[str, str] = attrs.field(factory=dict)
    accelerator: Mapping[str, AcceleratorConfig] = attrs.field(factory=dict)
    sweep: Mapping[str, Any] = attrs.field(factory=dict)
    source: str = "configuration"
    fodlam: bool = False
    warnings: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.network.layers == () and not self.fodlam:
            raise ValueError("network.layers: an empty list; leave it out to take every layer")
