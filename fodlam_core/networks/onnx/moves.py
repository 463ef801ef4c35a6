"""Operators that move small arrays of values and do not change them: slices, joins, copies."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from fodlam_core.networks.onnx.node import attribute
from fodlam_core.networks.onnx.tensor import MOST_VALUES

if TYPE_CHECKING:
    from collections.abc import Callable

Array = np.ndarray[Any, Any]


class _TooManyError(ValueError):
    """More values than sizes and indices have."""


def limited(*sizes: int) -> None:
    """Check that an array of these sizes has few enough values.

    Raises:
        ValueError: if it has not.
    """
    if prod(max(0, int(size)) for size in sizes) > MOST_VALUES:
        raise _TooManyError


def axes_of(node: Any, values: list[Any]) -> list[int] | None:
    """Return axes from the second input, where newer operators have them, or the attribute."""
    if len(values) > 1 and values[1] is not None:
        return [int(axis) for axis in np.ravel(values[1])]
    found = attribute(node, "axes")
    return found if isinstance(found, list) else None


def _unsqueeze(node: Any, values: list[Any]) -> Array:
    axes = axes_of(node, values) or []
    return np.asarray(np.expand_dims(values[0], tuple(axes)))


def _squeeze(node: Any, values: list[Any]) -> Array:
    axes = axes_of(node, values)
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
    limited(indices.size, data.size // max(1, data.shape[axis]))
    return np.asarray(np.take(data, indices.astype(np.int64), axis=axis))


def _reshape(node: Any, values: list[Any]) -> Array:
    data, to = values
    if not attribute(node, "allowzero", 0):
        to = [data.shape[axis] if size == 0 else size for axis, size in enumerate(to)]
    return np.asarray(data.reshape([int(size) for size in to]))


def _expand(node: Any, values: list[Any]) -> Array:
    data, to = values
    shape = np.broadcast_shapes(data.shape, tuple(int(size) for size in to))
    limited(*shape)
    return np.broadcast_to(data, shape)


def _tile(node: Any, values: list[Any]) -> Array:
    limited(values[0].size, *values[1])
    return np.tile(values[0], values[1])


def _split(node: Any, values: list[Any]) -> list[Array]:
    axis, count = attribute(node, "axis", 0), len(node.output)
    size = values[0].shape[axis]
    lengths = values[1] if len(values) > 1 and values[1] is not None else attribute(node, "split")
    if lengths is None:
        part = -(-size // count)
        lengths = [min(part, size - part * index) for index in range(count)]
    ends = np.cumsum([int(length) for length in lengths])
    return list(np.split(values[0], ends[:-1], axis=axis))


def _nonzero(node: Any, values: list[Any]) -> Array:
    return np.array(np.nonzero(np.atleast_1d(values[0])), np.int64)


def _scatter_nd(node: Any, values: list[Any]) -> Array:
    if attribute(node, "reduction", "none") != "none":
        raise ValueError
    data, indices, updates = values
    made = data.copy()
    made[tuple(np.moveaxis(indices, -1, 0))] = updates
    return np.asarray(made)


MOVES: dict[str, Callable[[Any, list[Any]], Any]] = {
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
    "Split": _split,
    "Where": lambda node, values: np.where(values[0], values[1], values[2]),
    "NonZero": _nonzero,
    "ScatterND": _scatter_nd,
}
