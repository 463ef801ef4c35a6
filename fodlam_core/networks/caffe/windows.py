"""Shapes as Caffe sees them: axes, and how many windows fit along one.

Source: ``base_conv_layer.cpp``, ``conv_layer.cpp`` and ``pooling_layer.cpp`` of BVLC/caffe:
convolution rounds down, pooling rounds up.
"""

from __future__ import annotations

from typing import Any

from fodlam_core.errors import LayerError

Dims = tuple[int, ...]
MAX_SIZE = 10**12


def axis_of(axis: int, dims: Dims) -> int:
    """Return an axis counted from the front; the number of axes itself is allowed.

    Raises:
        LayerError: if there is no such axis.
    """
    if not -len(dims) <= axis <= len(dims):
        raise LayerError(f"axis {axis}: the input has {len(dims)} axes, {text(dims)}")
    return axis + len(dims) if axis < 0 else axis


def text(dims: Dims) -> str:
    """Return a shape as a person writes it."""
    return "x".join(map(str, dims)) or "a single number"


def four_axes(dims: Dims) -> tuple[int, int, int, int]:
    """Return batch, channels, height and width.

    Raises:
        LayerError: if the shape has more or fewer axes.
    """
    if len(dims) != 4:
        raise LayerError(f"expected 4 axes (batch, channels, height, width), got {text(dims)}")
    return dims[0], dims[1], dims[2], dims[3]


def per_axis(param: Any, what: str, default: int | None) -> tuple[int, int]:
    """Return a setting of a convolution or pooling layer, (height, width).

    Args:
        param: the message.
        what: ``"kernel"``, ``"stride"``, ``"pad"`` or ``"dilation"``.
        default: what to take if it is not said; None if it must be.

    Raises:
        LayerError: if it is missing, or there are too many.
    """
    if what == "dilation" and (param.HasField("hole_h") or param.HasField("hole_w")):
        return param.hole_h or 1, param.hole_w or 1
    if what == "dilation" and param.HasField("hole"):
        return param.hole, param.hole  # as the first DeepLab called it
    if what != "dilation" and (param.HasField(f"{what}_h") or param.HasField(f"{what}_w")):
        return getattr(param, f"{what}_h"), getattr(param, f"{what}_w")
    field = "kernel_size" if what == "kernel" else what
    value = getattr(param, field)
    values = ([value] if param.HasField(field) else []) if isinstance(value, int) else list(value)
    if not values:
        if default is None:
            raise LayerError(f"{field} is missing")
        return default, default
    if len(values) > 2:
        raise LayerError(f"{field}: {len(values)} values for two spatial axes")
    return values[0], values[-1]


def window_counts(param: Any, sizes: tuple[int, int], kernel: tuple[int, int]) -> tuple[int, int]:
    """Return the output size of a convolution, which rounds down.

    Raises:
        LayerError: if the filter does not fit into the input.
    """
    strides, pads = per_axis(param, "stride", 1), per_axis(param, "pad", 0)
    dilations = per_axis(param, "dilation", 1)
    out = []
    for size, width, stride, pad, dilation in zip(
        sizes, kernel, strides, pads, dilations, strict=True
    ):
        if width < 1 or stride < 1 or dilation < 1:
            raise LayerError("kernel, stride and dilation must be at least 1")
        room = size + 2 * pad - dilation * (width - 1) - 1
        if room < 0:
            raise LayerError(f"a filter of {width} does not fit into {size} pixels, pad {pad}")
        out.append(room // stride + 1)
    return out[0], out[1]


def pool_counts(param: Any, sizes: tuple[int, int]) -> tuple[int, int]:
    """Return the output size of a pooling layer.

    It rounds up, and drops a last window that would start in the padding.

    Raises:
        LayerError: if a setting is missing, or a window does not fit.
    """
    kernels, strides = per_axis(param, "kernel", None), per_axis(param, "stride", 1)
    pads = per_axis(param, "pad", 0)
    down = param.round_mode == 1 or (param.HasField("ceil_mode") and not param.ceil_mode)
    out = []
    for size, kernel, stride, pad in zip(sizes, kernels, strides, pads, strict=True):
        if kernel < 1 or stride < 1:
            raise LayerError("kernel and stride must be at least 1")
        room = size + 2 * pad - kernel
        if room < 0:
            raise LayerError(f"a window of {kernel} does not fit into {size} pixels, pad {pad}")
        count = room // stride + 1 if down else -(-room // stride) + 1
        if pad and (count - 1) * stride >= size + pad:
            count -= 1
        out.append(count)
    return out[0], out[1]
