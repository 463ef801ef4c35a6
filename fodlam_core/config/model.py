"""A configuration as frozen values; its tables and keys are those of the TOML file."""

from collections.abc import Callable, Iterable, Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs

from fodlam_core.errors import is_one_line, quoted
from fodlam_core.model.converters import as_tuple
from fodlam_core.model.layers import FORMS
from fodlam_core.model.value import Value
from fodlam_core.networks.reader import TokenOptions
from fodlam_core.schema import REST

Flavor = Literal["hp", "lp", "bulk"]
Batch = int | Literal["published"]

_Validator = Callable[[Any, "attrs.Attribute[Any]", Any], None]


def _between(least: float, most: float, *, whole: bool = False) -> _Validator:
    """Check a number, or each of a tuple of numbers; None, where a field allows it, passes."""

    def check(_instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        for number in value if isinstance(value, tuple) else (value,):
            if number is None:
                continue
            if type(number) is not int and (whole or not isinstance(number, float)):
                what = "a whole number" if whole else "a number"
                raise ValueError(f"{attribute.name}: expected {what}, got {number!r}")
            if not least <= number <= most:
                shown = repr(number) if abs(number) < 1e12 else f"{float(str(number)[:300]):g}"
                raise ValueError(f"{shown} is not between {least:g} and {most:.12g}")

    return check


def _one_of(*choices: str) -> _Validator:
    def check(_instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        if value is not None and value not in choices:
            raise ValueError(f"{attribute.name}: {value!r} is not one of {', '.join(choices)}")

    return check


def _batch(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if value is None or value != "published":
        _between(1, 1_000_000_000, whole=True)(instance, attribute, 0 if value is None else value)


def _layer_names(names: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if names is None else as_tuple(names)


def _check_types(table: Any) -> None:
    """Check what was built in code as strictly as what is read from a file."""
    for field in attrs.fields(type(table)):
        value = getattr(table, field.name)
        if not _fits(value, field.type):
            # Unions have a name from Python 3.14 on, which says nothing.
            what = str(field.type) if _is_union(field.type) else field.type.__name__
            raise TypeError(f"{type(table).__name__} {field.name}: expected {what}, got {value!r}")
        if field.name == "file" and not is_one_line(value or ""):
            raise ValueError(f"file: {quoted(value)} has a line break in its name")


def _is_union(type_: Any) -> bool:
    return get_origin(type_) in (Union, UnionType)


def _fits(value: object, type_: Any) -> bool:
    origin, inner = get_origin(type_), get_args(type_)
    if _is_union(type_):
        return any(_fits(value, each) for each in inner)
    if origin is Literal:
        return value in inner
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(each, inner[0]) for each in value)
    if origin is Mapping:
        return isinstance(value, Mapping) and all(
            _fits(key, inner[0]) and _fits(each, inner[1]) for key, each in value.items()
        )
    if type_ is Any:
        return True
    if type_ is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, type_)


def _image(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if isinstance(value, tuple) and not value:
        raise ValueError("expected the size of one input, such as [3, 224, 224]")
    _between(1, 1_000_000, whole=True)(instance, attribute, value)


def _images(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    for sizes in value.values() if isinstance(value, Mapping) else ():
        if not sizes:
            raise ValueError("expected the sizes of an input, such as [1, 8, 1024, 64]")
        _between(1, 1_000_000, whole=True)(instance, attribute, sizes)


def _counts(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    for size in value.values() if isinstance(value, Mapping) else ():
        _between(1, 1_000_000, whole=True)(instance, attribute, size)


def _axis(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if value != "none":
        _between(0, 63, whole=True)(instance, attribute, value)


_tokens = _between(1, 100_000_000, whole=True)
_node = _between(1, 10_000)
_volts = _between(0.01, 100)


@attrs.frozen(eq=False, repr=False)
class NetworkConfig(Value):
    """``[network]``: exactly one of ``name`` and ``file``, or in code a `Network`.

    Attributes:
        name: a network of the zoo.
        file: a network file; in a configuration file relative to that file.
        measured_as: the network whose published measurements the file stands for.
        format: the reader of the file; by default chosen by suffix and content.
        input: size of one input, where the file leaves it open or to override it.
        regions: how often per-region layers run.
        inputs: sizes of inputs by name, batch and all.
        symbols: sizes by the symbols that stand for them in the file.
        batch_axis: the axis of the first input that is the batch; ``"none"``: no axis is.
        layers: the layers to cost; by default all whose kind is served.
        method: ``"published"``, ``"predicted"``, or ``"auto"``: published where it applies.
        batch: inferences; ``"published"`` takes costs as printed, as FODLAM did.
        prompt: tokens of the prompt of a transformer, here and below only for such a network.
        generate: tokens that are generated after the prompt.
        context: keys that one decode step attends to, its own token included; instead of both.
        decode: ``"mean"`` (default): all decode steps at their mean context; ``"stepped"``.
        weights: what weights are stored as, such as ``"int4"``; default: as the file says, fp16.
        logits: ``"last"`` (default): of a prompt's last token only, as servers do; or ``"all"``.
        mla: latent attention in decode steps: ``"absorbed"`` (default) or ``"expanded"``.
        causal: ``"full"`` (default): masked products of a prompt count; ``"half"``: they do not.
        part: ``"encode"``, ``"prefill"`` or ``"decode"``, for that part of a run only.

    Raises:
        TypeError: if a value is of another type.
        ValueError: if a value is out of range, or the keys do not go together.
    """

    name: str | None = None
    file: str | None = None
    measured_as: str | None = None
    format: str | None = None
    input: tuple[int, ...] | None = attrs.field(default=None, validator=_image)
    regions: int | None = attrs.field(default=None, validator=_between(1, 1_000_000, whole=True))
    inputs: Mapping[str, tuple[int, ...]] | None = attrs.field(default=None, validator=_images)
    symbols: Mapping[str, int] | None = attrs.field(default=None, validator=_counts)
    batch_axis: int | Literal["none"] | None = attrs.field(default=None, validator=_axis)
    layers: tuple[str, ...] | None = attrs.field(default=None, converter=_layer_names)
    method: Literal["auto", "published", "predicted"] = attrs.field(
        default="auto", validator=_one_of("auto", "published", "predicted")
    )
    batch: Batch = attrs.field(default=1, validator=_batch)
    prompt: int | None = attrs.field(default=None, validator=_tokens)
    generate: int | None = attrs.field(default=None, validator=_tokens)
    context: int | None = attrs.field(default=None, validator=_tokens)
    decode: Literal["mean", "stepped"] | None = attrs.field(
        default=None, validator=_one_of("mean", "stepped")
    )
    weights: str | None = None
    logits: Literal["last", "all"] | None = attrs.field(
        default=None, validator=_one_of("last", "all")
    )
    mla: Literal["absorbed", "expanded"] | None = attrs.field(
        default=None, validator=_one_of("absorbed", "expanded")
    )
    causal: Literal["full", "half"] | None = attrs.field(
        default=None, validator=_one_of("full", "half")
    )
    part: Literal["encode", "prefill", "decode"] | None = attrs.field(
        default=None, validator=_one_of("encode", "prefill", "decode")
    )

    @property
    def tokens(self) -> TokenOptions:
        """What is said about the tokens of a transformer."""
        return TokenOptions(*(getattr(self, name) for name in TokenOptions._fields))

    def __attrs_post_init__(self) -> None:
        _check_types(self)
        if self.name is not None and self.file is not None:
            raise ValueError("give either name (a built-in network) or file")
        if self.file is None:
            only = (
                "measured_as", "format", "input", "regions", "inputs", "symbols", "batch_axis",
            )  # fmt: skip
            given = [key for key in only if getattr(self, key) is not None]
            if given:
                raise ValueError(f"{', '.join(given)}: only for a network from a file")


@attrs.frozen(eq=False, repr=False)
class TechnologyConfig(Value):
    """``[technology]``: the chip that is asked about; left out: every chip as measured.

    Attributes:
        node_nm: process node in nanometres; None: an accelerator's own.
        vdd: supply voltage in volts; None: an accelerator's own, at its own node.
        flavor: process flavour; None: an accelerator's own, at its own node.
        scaler: the name of the scaling rule; None: post-dennard, where a node is given.
        clock: ``"scale"``: the clock follows the time factor; ``"hold"``: it stays.
        options: options of the rule.

    Raises:
        TypeError: if a value is of another type.
        ValueError: if a value is out of range.
    """

    node_nm: float | None = attrs.field(default=None, validator=_node)
    vdd: float | None = attrs.field(default=None, validator=_volts)
    flavor: Flavor | None = attrs.field(default=None, validator=_one_of("hp", "lp", "bulk"))
    scaler: str | None = None
    clock: Literal["scale", "hold"] = attrs.field(
        default="scale", validator=_one_of("scale", "hold")
    )
    options: Mapping[str, Any] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        _check_types(self)

    @property
    def as_measured(self) -> bool:
        """Whether nothing is asked for but what was measured."""
        return self.node_nm is None and self.vdd is None and self.flavor is None


@attrs.frozen(eq=False, repr=False)
class DispatchRule(Value):
    """``[[dispatch.rules]]``: layers, by name or by form, that go to one accelerator.

    Attributes:
        accelerator: the accelerator, or a point of one.
        match: pattern of layer names, such as ``"*/dw*"``; case and ``_`` or ``-`` are ignored.
        form: a form of layers, such as ``"depthwise"``; with ``match``, both must agree.

    Raises:
        ValueError: if it has neither pattern nor form.
    """

    accelerator: str
    match: str | None = None
    form: str | None = attrs.field(default=None, validator=_one_of(*FORMS))

    def __attrs_post_init__(self) -> None:
        _check_types(self)
        if self.match is None and self.form is None:
            raise ValueError("give match, a pattern of layer names, or form, or both")


@attrs.frozen(eq=False, repr=False)
class PointConfig(Value):
    """``[accelerator.NAME.technology]``: overrides of the accelerator's own technology point.

    Raises:
        ValueError: if a value is out of range.
    """

    node_nm: float | None = attrs.field(default=None, validator=_node)
    vdd: float | None = attrs.field(default=None, validator=_volts)
    flavor: Flavor | None = attrs.field(default=None, validator=_one_of("hp", "lp", "bulk"))


@attrs.frozen(eq=False, repr=False)
class AcceleratorConfig(Value):
    """``[accelerator.NAME]``.

    Attributes:
        predictor: the name of the predictor; None: the accelerator's default.
        file: the data file of an accelerator that is not installed; in a configuration file
            relative to that file.
        technology: overrides of the accelerator's own technology point.
        options: the accelerator's own options: all other keys of the table.

    Raises:
        TypeError: if a value is of another type.
    """

    predictor: str | None = None
    file: str | None = None
    technology: PointConfig = PointConfig()
    options: Mapping[str, Any] = attrs.field(factory=dict, metadata={REST: True})

    def __attrs_post_init__(self) -> None:
        _check_types(self)


# The keys of an accelerator's table that the core knows itself.
ACCELERATOR_KEYS = tuple(
    field.name for field in attrs.fields(AcceleratorConfig) if REST not in field.metadata
)


@attrs.frozen(eq=False, repr=False)
class Config(Value):
    """A configuration.

    Attributes:
        network: what to estimate.
        technology: the chip that is asked about.
        dispatch: accelerator by layer kind; kinds that are not named take the default.
        rules: which layers go elsewhere, whatever their kind; the first that matches wins.
        exclusive: whether kinds that ``dispatch`` does not name run nowhere.
        accelerator: settings by accelerator.
        sweep: the axes of a sweep as in the file; a single estimate ignores them.
        source: how messages name the configuration.
        fodlam: whether it is one of FODLAM's own, where an empty list of layers costs nothing.
        warnings: what was accepted but looks like a mistake.
        system: what surrounds the chips: ``dram_energy_j_per_byte``, joules for each byte that
            moves between chip and DRAM; empty: DRAM is left out.

    Raises:
        TypeError: if a value is of another type.
        ValueError: if the list of layers is empty, or ``system`` has other keys or values.
    """

    network: NetworkConfig
    technology: TechnologyConfig = TechnologyConfig()
    dispatch: Mapping[str, str] = attrs.field(factory=dict)
    accelerator: Mapping[str, AcceleratorConfig] = attrs.field(factory=dict)
    sweep: Mapping[str, Any] = attrs.field(factory=dict)
    source: str = "configuration"
    fodlam: bool = False
    warnings: tuple[str, ...] = ()
    system: Mapping[str, float] = attrs.field(factory=dict)
    rules: tuple[DispatchRule, ...] = attrs.field(default=(), converter=as_tuple)
    exclusive: bool = False

    def __attrs_post_init__(self) -> None:
        _check_types(self)
        if self.network.layers == () and not self.fodlam:
            raise ValueError("network.layers: an empty list; leave it out to take every layer")
        if self.system:
            from fodlam_core.config.system import system_problems

            problems = system_problems(self.system)
            if problems:
                raise ValueError("\n".join(map(str, problems)))
