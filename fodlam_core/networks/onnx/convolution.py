"""Convolutions of every layout, from the sizes of what they read and make."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, TypeVar

from fodlam_core.errors import LayerError
from fodlam_core.model.shapes import ConvShape
from fodlam_core.networks.onnx.node import Operator, attribute
from fodlam_core.networks.work import Sizes, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fodlam_core.networks.onnx.tensor import Dims

T = TypeVar("T")


def conv(data: int = 0, weights: int = 1) -> Callable[[Operator], list[Work]]:
    """Return the rule of a convolution whose input and weights stand at these positions."""

    def rule(op: Operator) -> list[Work]:
        if op.constant(data):
            raise LayerError("its input is a constant")
        return [convolution(op.node, op.sizes(data), op.sizes(weights), op.made())]

    return rule


def conv_sizes(data: int = 0, weights: int = 1) -> Callable[[Operator], list[Dims | None]]:
    """Return what tells the sizes that such a convolution makes."""

    def rule(op: Operator) -> list[Dims | None]:
        image, filters = op.sizes(data), op.sizes(weights)
        if not image or not filters:
            raise LayerError("expected an image and filters, got single numbers")
        return [(image[0], filters[0], *windows(op.node, image[2:], filters[2:]))]

    return rule


def conv_last(data: int = 0, weights: int = 1) -> Callable[[Operator], list[Work]]:
    """Return the rule of a convolution whose input and output have their channels last."""

    def rule(op: Operator) -> list[Work]:
        image, made = op.sizes(data), op.made()
        if len(image) < 3 or len(made) != len(image):
            raise LayerError(f"input {list(image)}: expected batch, pixels and channels")
        filters = _weights_first(op, image, op.sizes(weights))
        first, last = ((each[0], each[-1], *each[1:-1]) for each in (image, made))
        return [convolution(op.node, first, filters, last)]

    return rule


def last_sizes(data: int = 0, weights: int = 1) -> Callable[[Operator], list[Dims | None]]:
    """Return what tells the sizes that such a convolution makes."""

    def rule(op: Operator) -> list[Dims | None]:
        image = op.sizes(data)
        filters = _weights_first(op, image, op.sizes(weights))
        return [(image[0], *windows(op.node, image[1:-1], filters[2:]), filters[0])]

    return rule


def marked(first: Callable[[Operator], T], last: Callable[[Operator], T]) -> Callable[..., T]:
    """Return the rule of an operator that says itself whether its channels are last."""
    return lambda op: (last if op.attribute("channels_last", 0) else first)(op)


def in_blocks(rule: Callable[[Operator], T]) -> Callable[[Operator], T]:
    """Return the rule of a convolution over blocks of channels.

    Files that ONNX Runtime has optimised have them. Weights say how many channels its input has,
    where a reordering has rounded them up to whole blocks.
    """

    def wrapped(op: Operator) -> T:
        data, filters = op.tensor(0), op.sizes(1)
        dims = data.dims
        if dims is not None and len(dims) == len(filters) > 1 and dims[1] is None:
            channels = filters[1] * op.attribute("group", 1)
            data = data._replace(dims=(dims[0], channels, *dims[2:]))
            op = op._replace(inputs=[data, *op.inputs[1:]])
        return rule(op)

    return wrapped


def _weights_first(op: Operator, data: Sizes, weights: Sizes) -> Sizes:
    """Return the sizes of weights with channels before pixels; some files have them last."""
    if len(weights) != len(data) or len(data) < 3:
        raise LayerError(f"input {list(data)}, weights {list(weights)}: axes do not match")
    kernel = op.attribute("kernel_shape", [0])
    groups = op.attribute("group", 1)
    last = weights[-1] * groups == data[-1]
    if last and (weights[1] * groups != data[-1] or list(weights[1:-1]) == kernel):
        return (weights[0], weights[-1], *weights[1:-1])
    return weights


def windows(node: Any, data: Sizes, kernel: Sizes) -> Sizes:
    """Return the output pixels of a convolution by axis, rounded down.

    Raises:
        LayerError: if the attributes do not fit, or nothing is left.
    """
    axes = len(data)
    if axes < 1 or len(kernel) != axes:
        raise LayerError(f"{axes} axes of pixels, {len(kernel)} of the kernel: do not match")
    strides = attribute(node, "strides", []) or [1] * axes
    dilations = attribute(node, "dilations", []) or [1] * axes
    pads = attribute(node, "pads", []) or [0] * 2 * axes
    if len(strides) != axes or len(dilations) != axes or len(pads) != 2 * axes or min(strides) < 1:
        raise LayerError(f"strides {strides}, dilations {dilations}, pads {pads}: wrong")
    mode = attribute(node, "auto_pad", "NOTSET")
    if mode.startswith("SAME"):
        return tuple(-(-size // stride) for size, stride in zip(data, strides, strict=True))
    if mode == "VALID":
        pads = [0] * 2 * axes
    return tuple(
        (data[axis] + pads[axis] + pads[axis + axes] - dilations[axis] * (kernel[axis] - 1) - 1)
        // strides[axis]
        + 1
        for axis in range(axes)
    )


def convolution(node: Any, data: Sizes, weights: Sizes, made: Sizes) -> Work:
    """Return the layer of a convolution, with one, two or more spatial axes.

    Raises:
        LayerError: if the sizes contradict each other.
    """
    axes = len(data) - 2
    if axes < 1 or len(weights) != len(data) or len(made) != len(data):
        raise LayerError(f"input {list(data)}, weights {list(weights)}: axes do not match")
    transposed = node.op_type == "ConvTranspose"
    groups = attribute(node, "group", 1)
    out_channels = weights[1] * groups if transposed else weights[0]
    in_channels = weights[0] if transposed else weights[1] * groups
    if in_channels != data[1]:
        raise LayerError(f"its weights take {in_channels} channels, its input has {data[1]}")
    strides = attribute(node, "strides", []) or [1] * axes
    dilations = attribute(node, "dilations", []) or [1] * axes
    if len(strides) != axes or len(dilations) != axes or groups < 1:
        raise LayerError(f"strides {strides}, dilations {dilations}, group {groups}: wrong")
    if axes > 2:
        macs = prod(weights) * prod(data[2:] if transposed else made[2:])
        return Work(kind="conv", macs=macs, shape=None, items=data[0])
    pads = _pads(node, data[2:], weights[2:], made[2:], strides, dilations)
    fill = (1,) * (2 - axes)
    shape = ConvShape(
        data[1],
        *_two(fill + data[2:]),
        out_channels,
        *_two(fill + made[2:]),
        _two(fill + weights[2:]),
        _two((*fill, *strides)),
        (pads[0], pads[1], pads[2], pads[3]) if axes == 2 else (0, pads[0], 0, pads[1]),
        _two((*fill, *dilations)),
        groups,
        transposed,
    )
    return Work(kind="conv", macs=shape.macs, shape=shape, items=data[0])


def _two(sizes: Sequence[int]) -> tuple[int, int]:
    return sizes[0], sizes[1]


def _pads(
    node: Any, data: Sizes, kernel: Sizes, made: Sizes, strides: list[int], dilations: list[int]
) -> list[int]:
    """Return the padding, all beginnings before all ends, also where the file leaves it open."""
    given = attribute(node, "pads", [])
    mode = attribute(node, "auto_pad", "NOTSET")
    open_ = mode.startswith("SAME") or attribute(node, "output_shape", [])
    if not open_:
        pads = given or [0] * (2 * len(data))
        if len(pads) != 2 * len(data):
            raise LayerError(f"pads {pads}: expected {2 * len(data)} numbers")
        return pads
    begins, ends = [], []
    for size, width, out, stride, dilation in zip(
        data, kernel, made, strides, dilations, strict=True
    ):
        if node.op_type == "ConvTranspose":
            size, out = out, size
        total = max(0, (out - 1) * stride + dilation * (width - 1) + 1 - size)
        small = total // 2
        begins.append(total - small if mode == "SAME_LOWER" else small)
        ends.append(small if mode == "SAME_LOWER" else total - small)
    return begins + ends
