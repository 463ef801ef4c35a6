"""Computes small tensors that shapes depend on: sizes, axes, indices and conditions.

Only what an exporter writes to compute sizes from sizes; what is not here stays unknown. Every
result has at most `MOST_VALUES` values.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from fodlam_core.networks.onnx.moves import MOVES, axes_of, limited
from fodlam_core.networks.onnx.node import attribute
from fodlam_core.networks.onnx.tensor import MOST_VALUES, Dims, Tensor, few

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Array = np.ndarray[Any, Any]


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
    make: Any = _SPECIAL.get(op) or _RULES.get(op)
    if make is None:
        return None
    given = inputs if op in _SPECIAL else _operands(node, inputs)
    if given is None or not (op in _COUNTS or any(map(few, sizes))):
        return None
    try:
        with np.errstate(all="ignore"):
            made = make(node, given)
    except (ValueError, IndexError, TypeError, OverflowError, AttributeError, KeyError):
        return None
    if made is None:
        return None
    arrays = [np.asarray(each) for each in (made if isinstance(made, list) else [made])]
    return arrays if all(each.size <= MOST_VALUES for each in arrays) else None


def _operands(node: Any, inputs: Sequence[Tensor | None]) -> list[Any] | None:
    """Return the values of all inputs, None for one that is left out."""
    moves = node.op_type in _PARTLY
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


def _range(node: Any, values: list[Any]) -> Array:
    start, limit, delta = (value.item() for value in values)
    count = max(0, -int(-((limit - start) / delta) // 1)) if delta else 0
    limited(count)
    ends = np.array([start, start + max(0, count - 1) * delta], values[0].dtype)  # they fit
    return np.asarray(start + np.arange(count) * delta).astype(ends.dtype)


def _filled(node: Any, values: list[Any]) -> Array:
    limited(*values[0])
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
        axes = axes_of(node, values)
        if not axes and attribute(node, "noop_with_empty_axes", 0):
            return np.asarray(values[0])
        keep = bool(attribute(node, "keepdims", 1))
        made = function(values[0], axis=tuple(axes) if axes else None, keepdims=keep)
        return np.asarray(made).astype(values[0].dtype)

    return rule


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
_PARTLY = frozenset(
    ("Identity", "Gather", "Concat", "Slice", "Squeeze", "Unsqueeze", "Reshape", "Split")
)
_RULES: dict[str, Callable[[Any, list[Any]], Any]] = {
    **MOVES,
    "Range": _range,
    "ConstantOfShape": _filled,
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
    "CumSum": lambda node, values: np.cumsum(values[0], axis=int(values[1])),
}
