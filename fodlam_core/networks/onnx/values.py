"""Computes small tensors that shapes depend on: sizes, axes, indices and conditions.

Only what an exporter writes to compute sizes from sizes; what is not here stays unknown. Every
result has at most `MOST_VALUES` values.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from fodlam_core.networks.onnx.node import attribute
from fodlam_core.networks.onnx.tensor import MOST_VALUES, Dims, Tensor, few

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Array = np.ndarray[Any, Any]


class _TooManyError(ValueError):
    """More values than sizes and indices have."""


def computed(
    node: Any, inputs: Sequence[Tensor | None], sizes: Sequence[Dims | None]
) -> list[Array] | None:
    """Return the values that an operator makes; None where they are not known.

    Args:
        node: the ``NodeProto``, of the standard domain.
        inputs: what it reads.
        sizes: those of what it makes: without values where there would be many.
    """
    op = node.op_type
    special, rule = _SPECIAL.get(op), _RULES.get(op)
    if special is None and rule is None:
        return None
    values = _operands(node, inputs) if special is None else None
    if special is None and values is None:
        return None
    if op not in _COUNTS and not any(few(each) for each in sizes):
        return None
    try:
        with np.errstate(all="ignore"):
            if special is not None:
                made = special(node, inputs)
            else:
                made = rule(node, values) if rule and values is not None else None
    except (ValueError, IndexError, TypeError, OverflowError, AttributeError, KeyError):
        return None
    if made is None:
        return None
    arrays = [np.asarray(each) for each in (made if isinstance(made, list) else [made])]
    return arrays if all(each.size <= MOST_VALUES for each in arrays) else None


def _operands(node: Any, inputs: Sequence[Tensor | None]) -> list[Any] | None:
    """Return the values of all inputs, None for one that is left out."""
    moves = node.op_type in _MOVES
    values: list[Any] = []
    for index, each in enumerate(inputs):
        if each is None:
            values.append(None)
            continue
        value = each.value if (moves and index == 0) or node.op_type == "Concat" else each.known
        if value is None:
            return None
        values.append(value)
    return values


def _limited(*sizes: int) -> None:
    if prod(max(0, int(size)) for size in sizes) > MOST_VALUES:
        raise _TooManyError


def _shape(node: Any, inputs: Sequence[Tensor | None]) -> Array | None:
    data = inputs[0]
    if data is None or data.dims is None:
        return None
    start, end = attribute(node, "start", 0), attribute(node, "end", len(data.dims))
    dims = data.dims[slice(start, end)]
    return np.array(dims, dtype=object if None in dims else np.int64)


def _size(node: Any, inputs: Sequence[Tensor | None]) -> Array | None:
    data = inputs[0]
    if data is None or data.dims is None or None in data.dims:
        return None
    return np.array(prod(size for size in data.dims if size is not None), np.int64)


def _constant(node: Any, inputs: Sequence[Tensor | None]) -> Array | None:
    for each in node.attribute:
        if each.name in ("value_int", "value_ints"):
            return np.array(each.i if each.name == "value_int" else list(each.ints), np.int64)
        if each.name in ("value_float", "value_floats"):
            return np.array(each.f if each.name == "value_float" else list(each.floats), np.float32)
    return None


def _cast(node: Any, inputs: Sequence[Tensor | None]) -> Array | None:
    data = inputs[0]
    if data is None or data.value is None:
        return None
    if node.op_type == "CastLike":
        like = inputs[1]
        elem = like.elem if like else 0
    else:
        elem = attribute(node, "to", 0)
    if data.known is None:
        return data.value if elem in (6, 7) else None
    return data.known.astype(_dtype(elem))


def _dtype(elem: int) -> Any:
    from onnx.helper import tensor_dtype_to_np_dtype

    dtype = tensor_dtype_to_np_dtype(elem)
    if dtype.kind not in "iufb":
        raise ValueError
    return dtype


def _axes(node: Any, values: list[Any]) -> list[int] | None:
    """Return axes from the second input, where newer operators have them, or the attribute."""
    if len(values) > 1 and values[1] is not None:
        return [int(axis) for axis in np.ravel(values[1])]
    found = attribute(node, "axes")
    return found if isinstance(found, list) else None


def _unsqueeze(node: Any, values: list[Any]) -> Array:
    axes = _axes(node, values) or []
    return np.asarray(np.expand_dims(values[0], tuple(axes)))


def _squeeze(node: Any, values: list[Any]) -> Array:
    axes = _axes(node, values)
    return np.asarray(np.squeeze(values[0], tuple(axes) if axes is not None else None))


def _slice(node: Any, values: list[Any]) -> Array:
    data = values[0]
    if len(values) > 2:
        starts, ends = values[1], values[2]
        axes = values[3] if len(values) > 3 and values[3] is not None else range(len(starts))
        steps = values[4] if len(values) > 4 and values[4] is not None else [1] * len(starts)
    else:
        starts, ends = attribute(node, "starts", []), attribute(node, "ends", [])
        axes, steps = attribute(node, "axes", list(range(len(starts)))), [1] * len(starts)
    where: list[Any] = [slice(None)] * data.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        begin, stop = int(start), int(end)
        # Counted from the end, and beyond it: the whole axis when walking backwards.
        last = None if step < 0 and stop < -data.shape[int(axis)] else stop
        where[int(axis)] = slice(begin, last, int(step))
    return np.asarray(data[tuple(where)])


def _gather(node: Any, values: list[Any]) -> Array:
    data, indices = values
    axis = attribute(node, "axis", 0)
    _limited(indices.size, data.size // max(1, data.shape[axis]))
    return np.asarray(np.take(data, indices.astype(np.int64), axis=axis))


def _reshape(node: Any, values: list[Any]) -> Array:
    data, to = values
    if not attribute(node, "allowzero", 0):
        to = [data.shape[axis] if size == 0 else size for axis, size in enumerate(to)]
    return np.asarray(data.reshape([int(size) for size in to]))


def _expand(node: Any, values: list[Any]) -> Array:
    data, to = values
    shape = np.broadcast_shapes(data.shape, tuple(int(size) for size in to))
    _limited(*shape)
    return np.broadcast_to(data, shape)


def _tile(node: Any, values: list[Any]) -> Array:
    _limited(values[0].size, *values[1])
    return np.tile(values[0], values[1])


def _range(node: Any, values: list[Any]) -> Array:
    start, limit, delta = (value.item() for value in values)
    count = max(0, -int(-((limit - start) / delta) // 1)) if delta else 0
    _limited(count)
    return np.array([start + index * delta for index in range(count)], values[0].dtype)


def _filled(node: Any, values: list[Any]) -> Array:
    _limited(*values[0])
    fill: Array = np.zeros(1, np.float32)
    for each in node.attribute:
        if each.name == "value":
            from onnx import numpy_helper

            fill = numpy_helper.to_array(each.t)
    return np.full([int(size) for size in values[0]], fill.ravel()[0])


def _divide(node: Any, values: list[Any]) -> Array:
    left, right = values
    if left.dtype.kind not in "iu":
        return np.asarray(left / right)
    if not np.all(right):
        raise ValueError
    return np.asarray(np.sign(left) * np.sign(right) * (abs(left) // abs(right))).astype(left.dtype)


def _modulo(node: Any, values: list[Any]) -> Array:
    if values[1].dtype.kind in "iu" and not np.all(values[1]):
        raise ValueError
    return np.asarray((np.fmod if attribute(node, "fmod", 0) else np.mod)(*values))


def _power(node: Any, values: list[Any]) -> Array:
    base, exponent = values
    if exponent.dtype.kind == "i" and (exponent < 0).any():
        raise ValueError
    return np.asarray(np.power(base, exponent)).astype(base.dtype)


def _reduced(function: Any) -> Callable[[Any, list[Any]], Array]:
    def rule(node: Any, values: list[Any]) -> Array:
        axes = _axes(node, values)
        if not axes and attribute(node, "noop_with_empty_axes", 0):
            return np.asarray(values[0])
        keep = bool(attribute(node, "keepdims", 1))
        made = function(values[0], axis=tuple(axes) if axes else None, keepdims=keep)
        return np.asarray(made).astype(values[0].dtype)

    return rule


def _split(node: Any, values: list[Any]) -> list[Array]:
    axis, count = attribute(node, "axis", 0), len(node.output)
    size = values[0].shape[axis]
    lengths = values[1] if len(values) > 1 and values[1] is not None else attribute(node, "split")
    if lengths is None:
        part = -(-size // count)
        lengths = [min(part, size - part * index) for index in range(count)]
    ends = np.cumsum([int(length) for length in lengths])
    return list(np.split(values[0], ends[:-1], axis=axis))


def _clip(node: Any, values: list[Any]) -> Array:
    least = values[1] if len(values) > 1 else attribute(node, "min")
    most = values[2] if len(values) > 2 else attribute(node, "max")
    return np.asarray(np.clip(values[0], least, most))


def _folded(function: Any) -> Callable[[Any, list[Any]], Array]:
    def rule(node: Any, values: list[Any]) -> Array:
        result = values[0]
        for each in values[1:]:
            result = function(result, each)
        return np.asarray(result)

    return rule


def _plain(function: Any) -> Callable[[Any, list[Any]], Array]:
    return lambda node, values: function(*values)


def _nonzero(node: Any, values: list[Any]) -> Array:
    return np.array(np.nonzero(np.atleast_1d(values[0])), np.int64)


def _scatter_nd(node: Any, values: list[Any]) -> Array:
    if attribute(node, "reduction", "none") != "none":
        raise ValueError
    data, indices, updates = values
    made = data.copy()
    made[tuple(np.moveaxis(indices, -1, 0))] = updates
    return np.asarray(made)


# Operators that look at the tensors themselves, not only at their values.
_SPECIAL: dict[str, Callable[[Any, Sequence[Tensor | None]], Any]] = {
    "Shape": _shape,
    "Size": _size,
    "Constant": _constant,
    "Cast": _cast,
    "CastLike": _cast,
}
# Operators that make few values, however many they read, and whose number follows from values.
_COUNTS = frozenset(("Shape", "Size", "NonZero"))
# Operators that move values without looking at them, so that some of them may be unknown.
_MOVES = frozenset(
    ("Identity", "Gather", "Concat", "Slice", "Squeeze", "Unsqueeze", "Reshape", "Split")
)
_RULES: dict[str, Callable[[Any, list[Any]], Any]] = {
    "Identity": lambda node, values: values[0],
    "Gather": _gather,
    "Concat": lambda node, values: np.concatenate(values, axis=attribute(node, "axis", 0)),
    "Slice": _slice,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Reshape": _reshape,
    "Flatten": lambda node, values: values[0].reshape(
        prod(values[0].shape[: attribute(node, "axis", 1)]), -1
    ),
    "Transpose": lambda node, values: np.transpose(values[0], attribute(node, "perm")),
    "Expand": _expand,
    "Tile": _tile,
    "Range": _range,
    "ConstantOfShape": _filled,
    "Split": _split,
    "Where": lambda node, values: np.where(values[0], values[1], values[2]),
    "Clip": _clip,
    "Add": _plain(np.add),
    "Sub": _plain(np.subtract),
    "Mul": _plain(np.multiply),
    "Div": _divide,
    "Mod": _modulo,
    "Pow": _power,
    "Neg": _plain(np.negative),
    "Abs": _plain(np.abs),
    "Sign": _plain(np.sign),
    "Floor": _plain(np.floor),
    "Ceil": _plain(np.ceil),
    "Round": _plain(np.round),
    "Sqrt": _plain(np.sqrt),
    "Reciprocal": _plain(np.reciprocal),
    "Min": _folded(np.minimum),
    "Max": _folded(np.maximum),
    "Sum": _folded(np.add),
    "Equal": _plain(np.equal),
    "Less": _plain(np.less),
    "LessOrEqual": _plain(np.less_equal),
    "Greater": _plain(np.greater),
    "GreaterOrEqual": _plain(np.greater_equal),
    "And": _plain(np.logical_and),
    "Or": _plain(np.logical_or),
    "Xor": _plain(np.logical_xor),
    "Not": _plain(np.logical_not),
    "ReduceProd": _reduced(np.prod),
    "ReduceSum": _reduced(np.sum),
    "ReduceMax": _reduced(np.max),
    "ReduceMin": _reduced(np.min),
    "NonZero": _nonzero,
    "ScatterND": _scatter_nd,
    "CumSum": lambda node, values: np.cumsum(values[0], axis=int(values[1])),
}
