"""Shapes of layers for one inference, batch excluded; each knows its MACs.

Each has ``kind``, the name of the layer kind that it belongs to, and ``form``, one of
`fodlam_core.model.layers.FORMS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from fodlam_core.errors import LayerError
from fodlam_core.model.value import Value
from fodlam_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Traffic(NamedTuple):
    """Numbers of elements that one inference of a layer touches, each counted once.

    Attributes:
        weights: weights, without biases; a group of rows or a batch shares them.
        inputs: input elements; both operands of a product of activations are inputs.
        outputs: output elements.
    """

    weights: int
    inputs: int
    outputs: int


def _positive(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if type(value) is int and value >= 1:  # at once: shapes are made by the thousand
        return
    values = value if isinstance(value, tuple) else (value,)
    _whole(instance, attribute, values, 1)


def _not_negative(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    values = value if isinstance(value, tuple) else (value,)
    _whole(instance, attribute, values, 0)


def _whole(
    instance: object, attribute: attrs.Attribute[Any], values: tuple[object, ...], least: int
) -> None:
    for number in values:
        if type(number) is not int or number < least:
            raise LayerError(
                f"{type(instance).__name__}.{attribute.name}: {number!r} is not a whole number "
                f"of at least {least}"
            )


def pair(value: int | Sequence[int], what: str) -> tuple[int, int]:
    """Return a size per axis, (height, width), from one number or from two.

    Raises:
        LayerError: for anything else.
    """
    if isinstance(value, int):
        return value, value
    if len(value) == 2:
        return value[0], value[1]
    raise LayerError(f"{what}: expected one number or [height, width], got {value!r}")


def four_sides(value: int | Sequence[int]) -> tuple[int, int, int, int]:
    """Return padding as (top, left, bottom, right) from one, two (height, width) or four numbers.

    Raises:
        LayerError: for anything else.
    """
    if isinstance(value, int):
        return value, value, value, value
    if len(value) == 2:
        return value[0], value[1], value[0], value[1]
    if len(value) == 4:
        return value[0], value[1], value[2], value[3]
    raise LayerError(
        "padding: expected one number, [height, width] or [top, left, bottom, right], "
        f"got {value!r}"
    )


@attrs.frozen(eq=False, repr=False)
class ConvShape(Value):
    """A convolution over ``in_channels x in_height x in_width`` (pixels).

    Sizes per axis are (height, width); padding is (top, left, bottom, right). ``groups`` divides
    both channel counts; a depthwise convolution has as many groups as input channels.

    Raises:
        LayerError: if a number is out of range, or the output does not follow from the rest.
    """

    kind: ClassVar[str] = "conv"
    in_channels: int = attrs.field(validator=_positive)
    in_height: int = attrs.field(validator=_positive)
    in_width: int = attrs.field(validator=_positive)
    out_channels: int = attrs.field(validator=_positive)
    out_height: int = attrs.field(validator=_positive)
    out_width: int = attrs.field(validator=_positive)
    kernel: tuple[int, int] = attrs.field(validator=_positive)
    stride: tuple[int, int] = attrs.field(default=(1, 1), validator=_positive)
    padding: tuple[int, int, int, int] = attrs.field(default=(0, 0, 0, 0), validator=_not_negative)
    dilation: tuple[int, int] = attrs.field(default=(1, 1), validator=_positive)
    groups: int = attrs.field(default=1, validator=_positive)
    transposed: bool = False

    def __attrs_post_init__(self) -> None:
        if self.in_channels % self.groups or self.out_channels % self.groups:
            raise LayerError(
                f"groups: {self.groups} does not divide both {self.in_channels} input and "
                f"{self.out_channels} output channels"
            )
        top, left, bottom, right = self.padding
        for axis, (size, out, pad) in enumerate(
            (
                (self.in_height, self.out_height, top + bottom),
                (self.in_width, self.out_width, left + right),
            )
        ):
            self._check_axis(("height", "width")[axis], axis, size, out, pad)

    def _check_axis(self, name: str, axis: int, size: int, out: int, pad: int) -> None:
        reach = self.dilation[axis] * (self.kernel[axis] - 1) + 1
        stride = self.stride[axis]
        if self.transposed:
            # Several output sizes map to one input size: frameworks append fewer rows than the
            # stride or the dilation, whichever is larger.
            least = (size - 1) * stride + reach - pad
            fits = least <= out < least + max(stride, self.dilation[axis])
        else:
            least = (size + pad - reach) // stride + 1
            fits = out == least
        if not fits:
            raise LayerError(
                f"output {name}: {out} does not follow from input {size}, kernel "
                f"{self.kernel[axis]}, stride {stride}, padding {pad}, dilation "
                f"{self.dilation[axis]}; expected {least}"
            )

    @classmethod
    def from_input(
        cls,
        input: Sequence[int],
        out_channels: int,
        kernel: int | Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
    ) -> ConvShape:
        """Derive the output size of a convolution, rounding down as every framework does.

        Args:
            input: channels, height and width.
            out_channels: number of filters.
            kernel: (height, width) of a filter, or one number for both.
            stride: (vertical, horizontal), or one number for both.
            padding: one number, (height, width) or (top, left, bottom, right).
            dilation: (vertical, horizontal) distance of neighbouring filter taps, or one number.
            groups: number of independent groups of channels.

        >>> ConvShape.from_input((3, 227, 227), 96, kernel=11, stride=4).macs
        105415200
        """
        if len(input) != 3:
            raise LayerError(f"input: expected [channels, height, width], got {list(input)!r}")
        channels, height, width = input
        kernel, stride = pair(kernel, "kernel"), pair(stride, "stride")
        dilation, sides = pair(dilation, "dilation"), four_sides(padding)
        if min(stride) < 1:
            raise LayerError(f"stride: {stride!r} is not positive")
        reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
        return cls(
            channels,
            height,
            width,
            out_channels,
            (height + sides[0] + sides[2] - reach[0]) // stride[0] + 1,
            (width + sides[1] + sides[3] - reach[1]) // stride[1] + 1,
            kernel,
            stride,
            sides,
            dilation,
            groups,
        )

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one inference; a transposed convolution by its input pixels."""
        if self.transposed:
            pixels = self.in_height * self.in_width
        else:
            pixels = self.out_height * self.out_width
        return pixels * self.weights

    @property
    def weights(self) -> int:
        """Number of weights, without biases."""
        taps = self.kernel[0] * self.kernel[1]
        return self.in_channels // self.groups * self.out_channels * taps

    @property
    def form(self) -> str:
        """``"dense"``, ``"pointwise"`` (1x1), ``"depthwise"`` or ``"grouped"``."""
        if self.groups > 1:
            return "depthwise" if self.groups == self.in_channels else "grouped"
        return "pointwise" if self.kernel == (1, 1) else "dense"

    @property
    def traffic(self) -> Traffic:
        """Numbers of weights, inputs and outputs of one inference."""
        return Traffic(
            self.weights,
            self.in_channels * self.in_height * self.in_width,
            self.out_channels * self.out_height * self.out_width,
        )

    def __str__(self) -> str:
        text = (
            f"{self.in_channels}x{self.in_height}x{self.in_width} -> "
            f"{self.out_channels}x{self.out_height}x{self.out_width}, "
            f"kernel {self.kernel[0]}x{self.kernel[1]}"
        )
        if self.stride != (1, 1):
            text += f", stride {self.stride[0]}x{self.stride[1]}"
        if self.dilation != (1, 1):
            text += f", dilation {self.dilation[0]}x{self.dilation[1]}"
        if self.groups > 1:
            text += f", {self.groups} groups"
        return text + (", transposed" if self.transposed else "")


@attrs.frozen(eq=False, repr=False)
class FcShape(Value):
    """A fully-connected layer: a weight matrix of ``outputs x inputs`` times ``rows`` vectors.

    >>> FcShape(9216, 4096).macs
    37748736
    """

    kind: ClassVar[str] = "fc"
    form: ClassVar[str] = "fc"
    inputs: int = attrs.field(validator=_positive)
    outputs: int = attrs.field(validator=_positive)
    rows: int = attrs.field(default=1, validator=_positive)

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one inference."""
        return self.weights * self.rows

    @property
    def weights(self) -> int:
        """Number of weights, without biases."""
        return self.inputs * self.outputs

    @property
    def traffic(self) -> Traffic:
        """Numbers of weights, inputs and outputs of one inference."""
        return Traffic(self.weights, self.inputs * self.rows, self.outputs * self.rows)

    def __str__(self) -> str:
        return f"{self.inputs} -> {self.outputs}" + (f", {self.rows} rows" if self.rows > 1 else "")


@attrs.frozen(eq=False, repr=False)
class MatmulShape(Value):
    """``count`` products of activations with activations, ``(m x k) (k x n)`` each.

    >>> MatmulShape(m=128, k=64, n=128, count=12).macs
    12582912
    """

    kind: ClassVar[str] = "matmul"
    form: ClassVar[str] = "matmul"
    weights: ClassVar[int] = 0  # both factors are activations
    m: int = attrs.field(validator=_positive)
    k: int = attrs.field(validator=_positive)
    n: int = attrs.field(validator=_positive)
    count: int = attrs.field(default=1, validator=_positive)

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one inference."""
        return self.m * self.k * self.n * self.count

    @property
    def traffic(self) -> Traffic:
        """Numbers of weights (none), inputs (both factors) and outputs of one inference."""
        inputs = (self.m * self.k + self.k * self.n) * self.count
        return Traffic(0, inputs, self.m * self.n * self.count)

    def __str__(self) -> str:
        text = f"({self.m}x{self.k}) ({self.k}x{self.n})"
        return text + (f", {self.count} times" if self.count > 1 else "")


@attrs.frozen(eq=False, repr=False)
class ExpertsShape(Value):
    """Fully-connected layers of one size side by side, of which each row goes through some.

    A mixture of experts: ``experts`` weight matrices of ``outputs x inputs``, of which a router
    picks ``per_row`` for each of ``rows`` vectors.

    Raises:
        LayerError: if a number is out of range, or a row goes through more experts than there are.

    >>> ExpertsShape(2048, 768, rows=4, experts=128, per_row=8).macs
    50331648
    """

    kind: ClassVar[str] = "fc"
    form: ClassVar[str] = "experts"
    inputs: int = attrs.field(validator=_positive)
    outputs: int = attrs.field(validator=_positive)
    rows: int = attrs.field(validator=_positive)
    experts: int = attrs.field(validator=_positive)
    per_row: int = attrs.field(validator=_positive)

    def __attrs_post_init__(self) -> None:
        if self.per_row > self.experts:
            raise LayerError(f"per_row: {self.per_row} of {self.experts} experts")

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one inference."""
        return self.inputs * self.outputs * self.per_row * self.rows

    @property
    def weights(self) -> int:
        """Number of weights of all experts, without biases."""
        return self.inputs * self.outputs * self.experts

    @property
    def traffic(self) -> Traffic:
        """Numbers of weights of all experts, inputs, and outputs of every expert of a row."""
        taken = self.rows * self.per_row
        return Traffic(self.weights, self.inputs * self.rows, self.outputs * taken)

    def experts_hit(self, batch: int = 1) -> float:
        """Return how many experts are read on average, if every one is as likely as the others.

        E (1 - (1 - k / E)^T) of E experts, for T rows through k experts each.

        >>> ExpertsShape(8, 8, rows=1, experts=128, per_row=8).experts_hit(16)
        82.42...
        """
        missed: float = (1 - self.per_row / self.experts) ** (self.rows * batch)
        return self.experts * (1 - missed)

    def __str__(self) -> str:
        text = f"{self.inputs} -> {self.outputs}, {self.per_row} of {self.experts} experts"
        return text + (f", {self.rows} rows" if self.rows > 1 else "")


Shape = ConvShape | FcShape | MatmulShape | ExpertsShape

# What every shape has, those that plugins bring among them.
SHAPE_ATTRIBUTES = ("kind", "macs", "weights")


def is_shape(value: object) -> bool:
    """Tell whether a value is a shape, one of the core or of a layer kind of a plugin.

    >>> is_shape(FcShape(2, 3)), is_shape((2, 3))
    (True, False)
    """
    if isinstance(value, Shape):
        return True
    return attrs.has(type(value)) and all(hasattr(value, name) for name in SHAPE_ATTRIBUTES)
