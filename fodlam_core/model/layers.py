"""Layers, their kinds, and the networks they make up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.errors import MOST_SHOWN, LayerError, NetworkError, similar
from fodlam_core.model.converters import as_tuple
from fodlam_core.model.shapes import (
    SHAPE_ATTRIBUTES,
    ExpertsShape,
    FcShape,
    Shape,
    Traffic,
    is_shape,
)
from fodlam_core.model.validators import filled, is_number
from fodlam_core.model.validators import text as any_text
from fodlam_core.model.value import Value

if TYPE_CHECKING:
    from fodlam_core.model.memory_pass import MemoryPass
    from fodlam_core.model.transformer import TransformerFacts

MOST = 10**18
"""Limit of every count; a layer beyond it is a mistake, and would not fit 64 bits."""
COUNTED = ("conv", "fc", "matmul")
"""Kinds whose work is multiply-accumulates; layers of other kinds may have none."""
FORMS = (
    *("dense", "pointwise", "depthwise", "grouped", "fc", "matmul"),
    *("experts", "recurrent", "other"),
)
"""What chips tell apart besides the kind; see `Layer.form`."""


def layer_key(name: str) -> str:
    """Return the form in which layer names are compared: upper case, ``-`` for ``_``.

    >>> layer_key("conv1_1")
    'CONV1-1'
    """
    return name.upper().replace("_", "-")


def _shape_class(instance: LayerKind, _attribute: attrs.Attribute[Any], value: type | None) -> None:
    if value is None:
        return
    lacks = [name for name in SHAPE_ATTRIBUTES if not hasattr(value, name)]
    if not isinstance(value, type) or not attrs.has(value) or lacks:
        raise LayerError(
            f"layer kind {instance.name!r}: shape {value!r} is not an attrs class with the "
            f"properties {', '.join(SHAPE_ATTRIBUTES)}"
        )


@attrs.frozen(eq=False, repr=False)
class LayerKind(Value):
    """A kind of layer that accelerators may serve.

    Attributes:
        name: what a configuration calls it, such as ``"conv"``.
        description: one line for a person.
        shape: the attrs class of its shapes, which network tables can then hold: its fields are
            the keys of a layer, and it has ``kind``, ``macs`` and ``weights``; None if it has none.

    Raises:
        LayerError: if the shape is not such a class.
    """

    name: str = attrs.field(validator=filled)
    description: str = attrs.field(validator=any_text)
    shape: type | None = attrs.field(default=None, validator=_shape_class)


def _of_numpy(value: object) -> bool:
    return type(value).__module__ == "numpy"


def _fraction(instance: Layer, attribute: attrs.Attribute[Any], value: float | None) -> None:
    if value is None or (is_number(value) and 0 < value <= 1):
        return
    hint = "; of a numpy number write float(x)" if _of_numpy(value) else ""
    raise LayerError(f"layer {instance.name!r}: {attribute.name} {value!r} is not in (0, 1]{hint}")


@attrs.frozen(eq=False, repr=False)
class Layer(Value):
    """One layer of a network; all counts are for one inference and one item.

    Attributes:
        name: its name in the network.
        kind: the name of its `LayerKind`.
        macs: multiply-accumulates, dense; must equal those of the shape, if there is one. 0 for
            kinds that are not counted in them, such as pooling.
        shape: its shape, where it is known.
        repeat: how often it runs in one inference (once for each region, token ...).
        weight_density: share of weights that are not zero, if known.
        activation_density: share of input activations that are not zero, if known.
        residual_add: whether a shortcut is added to its output in the same pass.

    Raises:
        LayerError: if a value is out of range, or MACs and shape disagree.
    """

    name: str
    kind: str
    macs: int
    shape: Shape | None = None
    repeat: int = 1
    weight_density: float | None = attrs.field(default=None, validator=_fraction)
    activation_density: float | None = attrs.field(default=None, validator=_fraction)
    residual_add: bool = False
    key: str = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        name, kind, macs, shape, repeat = self.name, self.kind, self.macs, self.shape, self.repeat
        # At once for what is right: layers are made by the thousand.
        if not (
            type(name) is type(kind) is str
            and type(macs) is type(repeat) is int
            and (1 if kind in COUNTED else 0) <= macs <= MOST
            and 1 <= repeat <= MOST
            and (shape is None or (is_shape(shape) and shape.macs == macs))
        ):
            self._check()
        object.__setattr__(self, "key", layer_key(name))

    def _check(self) -> None:
        for text in (self.name, self.kind):
            if not isinstance(text, str):
                raise LayerError(f"layer {self.name!r}: expected a name, got {text!r}")
        least_macs = 1 if self.kind in COUNTED else 0
        for what, value, least in (("macs", self.macs, least_macs), ("repeat", self.repeat, 1)):
            if type(value) is not int or not least <= value <= MOST:
                shown = f"{value!r:.40}" if type(value) is not int or value < 1 else "too large"
                wanted = "a positive integer" if least else "an integer from 0 on"
                hint = "; of a numpy number write int(x)" if _of_numpy(value) else ""
                raise LayerError(
                    f"layer {self.name!r}: {what} {shown}: expected {wanted} of at "
                    f"most {MOST:.0e}{hint}"
                )
        if self.shape is not None and not is_shape(self.shape):
            raise LayerError(f"layer {self.name!r}: expected a shape, got {self.shape!r}")
        if self.shape is not None and self.shape.macs != self.macs:
            raise LayerError(
                f"layer {self.name!r}: {self.macs} MACs are given, but its shape "
                f"({self.shape}) has {self.shape.macs}"
            )

    @classmethod
    def from_shape(cls, name: str, shape: Shape, **rest: Any) -> Layer:
        """Build a layer whose kind and MACs are those of its shape."""
        return cls(name, shape.kind, shape.macs, shape, **rest)

    @property
    def total_macs(self) -> int:
        """MACs of one inference, repetitions included."""
        return self.macs * self.repeat

    @property
    def form(self) -> str:
        """What kind of work it is, one of `FORMS`; ``"other"`` where kind and shape do not tell."""
        if self.shape is not None:
            form: str = getattr(self.shape, "form", "other")  # a plugin's may not say
            return form
        if self.kind in ("fc", "matmul"):
            return self.kind
        return "other"

    @property
    def traffic(self) -> Traffic | None:
        """Numbers of weights, inputs and outputs of one run; None without a shape."""
        traffic: Traffic | None = getattr(self.shape, "traffic", None)
        return traffic

    @property
    def weights(self) -> int | None:
        """Number of weights; None without a shape."""
        return None if self.shape is None else self.shape.weights

    @property
    def rows(self) -> int:
        """Vectors that share the weights in one run: of an fc layer its rows, else 1."""
        return self.shape.rows if isinstance(self.shape, FcShape | ExpertsShape) else 1


def _unique(instance: Network, _attribute: attrs.Attribute[Any], value: tuple[Layer, ...]) -> None:
    if not isinstance(instance.name, str):
        raise NetworkError(f"network {instance.name!r}: expected a name as text")
    for layer in value:
        if not isinstance(layer, Layer):
            raise NetworkError(f"network {instance.name!r}: expected a Layer, got {layer!r}")
    if len({layer.key for layer in value}) < len(value):
        raise NetworkError(
            f"network {instance.name!r}: {next(same_names(layer.name for layer in value))}"
        )


def same_names(names: Iterable[str]) -> Iterator[str]:
    """Say for each name of a layer that an earlier one has it, as `layer_key` tells names apart."""
    seen: dict[str, str] = {}
    for name in names:
        key = layer_key(name)
        if key in seen:
            yield (
                f"the layer names {seen[key]!r} and {name!r} are the same once case and _ are "
                "ignored; rename one"
            )
        seen.setdefault(key, name)


def _counts(instance: Network, attribute: attrs.Attribute[Any], value: object) -> None:
    good = isinstance(value, Mapping) and all(
        isinstance(name, str) and type(count) is int and count >= 0 for name, count in value.items()
    )
    if not good:
        raise NetworkError(
            f"network {instance.name!r}: {attribute.name} is {value!r:.80}; give a dict of names "
            "and whole numbers"
        )


def _text(instance: Network, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, str) and not (value is None and attribute.default is None):
        raise NetworkError(
            f"network {instance.name!r}: {attribute.name} is {value!r:.80}; give a string"
        )


def _texts(instance: Network, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, tuple) or not all(isinstance(each, str) for each in value):
        raise NetworkError(
            f"network {instance.name!r}: {attribute.name} is {value!r:.80}; give a tuple of strings"
        )


def _facts(instance: Network, _attribute: attrs.Attribute[Any], value: object) -> None:
    if value is None:
        return
    from fodlam_core.model.transformer import TransformerFacts

    if not isinstance(value, TransformerFacts):
        raise NetworkError(
            f"network {instance.name!r}: transformer is {value!r:.80}; give TransformerFacts"
        )


def _passes(instance: Network, _attribute: attrs.Attribute[Any], value: tuple[object, ...]) -> None:
    if not value:
        return
    from fodlam_core.model.memory_pass import MemoryPass

    if not all(isinstance(each, MemoryPass) for each in value):
        raise NetworkError(
            f"network {instance.name!r}: memory_passes is {value!r:.80}; give MemoryPass values"
        )


@attrs.frozen(eq=False, repr=False)
class Network(Value):
    """The layers of a network, in the order in which they run.

    Attributes:
        name: its name.
        layers: every layer that costs MACs.
        skipped: operators that cost no MACs, with their counts.
        source: where the layers come from.
        measured_as: the name under which accelerators may have measured it; None if its costs
            have to be predicted.
        notes: what a reader must know of how it was read.
        uncosted: operators that cost something but whose MACs cannot be told, with their counts.
        transformer: what is known of a transformer besides its layers.
        memory_passes: what those of the skipped operators that move data move, as far as that is
            known; empty if nothing is.

    Raises:
        NetworkError: if two layers have one name, or a value is of another type.
    """

    name: str
    layers: tuple[Layer, ...] = attrs.field(converter=as_tuple, validator=_unique)
    skipped: Mapping[str, int] = attrs.field(factory=dict, validator=_counts)
    source: str = attrs.field(default="", validator=_text)
    measured_as: str | None = attrs.field(default=None, validator=_text)
    notes: tuple[str, ...] = attrs.field(default=(), validator=_texts)
    uncosted: Mapping[str, int] = attrs.field(factory=dict, validator=_counts)
    transformer: TransformerFacts | None = attrs.field(default=None, validator=_facts)
    memory_passes: tuple[MemoryPass, ...] = attrs.field(
        default=(), converter=as_tuple, validator=_passes
    )

    @property
    def total_macs(self) -> int:
        """MACs of one inference."""
        return sum(layer.total_macs for layer in self.layers)

    def phase(self, name: str) -> tuple[Layer, ...]:
        """Return the layers of one phase of a transformer."""
        return tuple(layer for layer in self.layers if layer.name.startswith(f"{name}/"))

    def select(self, names: Iterable[str]) -> tuple[Layer, ...]:
        """Return the named layers, in the order of the names; a repeated name repeats the layer.

        Raises:
            NetworkError: naming every unknown layer and its most likely spelling.
        """
        by_key = {layer.key: layer for layer in self.layers}
        chosen: list[Layer] = []
        missing: dict[str, None] = {}
        for name in names:
            layer = by_key.get(layer_key(name))
            if layer is not None:
                chosen.append(layer)
            else:
                missing[name] = None
        if missing:
            lines = [self._no_layer(name) for name in list(missing)[:MOST_SHOWN]]
            more = len(missing) - len(lines)
            raise NetworkError(*lines, *([f"... and {more} more"] if more else ()))
        return tuple(chosen)

    def _no_layer(self, name: str) -> str:
        names = [layer.name for layer in self.layers]
        close = similar(name, names)
        if close:
            hint = f"did you mean {' or '.join(map(repr, close))}?"
        else:
            hint = f"it has {', '.join(names[:20])}" + (" ..." if len(names) > 20 else "")
        return f"{self.name} has no layer {name!r}; {hint}"
