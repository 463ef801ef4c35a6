"""Attention: the two products of queries, keys and values, and the projections fused with them.

Masks take nothing away: all keys are counted for all queries, as in the published totals.
Sizes: https://onnx.ai/onnx/operators/onnx__Attention.html and, for ``com.microsoft``,
https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.errors import LayerError
from fodlam_core.model.shapes import MatmulShape
from fodlam_core.networks.work import Work, matrix_product

if TYPE_CHECKING:
    from collections.abc import Callable

    from fodlam_core.networks.onnx.node import Operator
    from fodlam_core.networks.onnx.tensor import Dims


class _Heads(NamedTuple):
    """The sizes of an attention: ``width`` of queries and keys and ``out`` of values by head."""

    batch: int
    heads: int
    rows: int
    width: int
    keys: int
    out: int

    def works(self) -> list[Work]:
        """Return scores and context."""
        count = self.batch * self.heads
        shapes = (
            MatmulShape(m=self.rows, k=self.width, n=self.keys, count=count),
            MatmulShape(m=self.rows, k=self.keys, n=self.out, count=count),
        )
        return [Work("matmul", shape.macs, shape) for shape in shapes]


def _split(width: int, heads: int) -> int:
    if heads < 1 or width % heads:
        raise LayerError(f"{heads} heads do not divide a width of {width}")
    return width // heads


def attention(op: Operator) -> list[Work]:
    """Cost ONNX's own ``Attention``, with the keys of earlier tokens if there are any."""
    query, key, value = (op.sizes(index) for index in range(3))
    past = _past(op, 4)
    if len(query) == len(key) == len(value) == 4:
        batch, heads, rows, width = query
        return _Heads(
            batch=batch, heads=heads, rows=rows, width=width, keys=key[-2] + past, out=value[-1]
        ).works()
    heads = op.attribute("q_num_heads", 0)
    if not len(query) == len(key) == len(value) == 3 or not heads:
        raise LayerError(f"cannot tell the heads of a query {list(query)}")
    out = _split(value[-1], op.attribute("kv_num_heads", 0) or heads)
    width = _split(query[2], heads)
    return _Heads(
        batch=query[0], heads=heads, rows=query[1], width=width, keys=key[1] + past, out=out
    ).works()


def _past(op: Operator, index: int, axis: int = -2) -> int:
    """Return how many earlier tokens there are; an empty cache counts as none."""
    if not op.has(index):
        return 0
    dims = op.tensor(index).dims
    if dims is not None and 0 in dims:
        return 0
    sizes = op.sizes(index)
    if len(sizes) < -axis:
        raise LayerError(f"{op.node.input[index]!r}: a cache of {list(sizes)}")
    return sizes[axis]


def fused_attention(past: int) -> Callable[[Operator], list[Work]]:
    """Return the rule of an attention with its projection of queries, keys and values.

    Args:
        past: the position of the keys and values of earlier tokens.
    """

    def rule(op: Operator) -> list[Work]:
        data, weights = op.sizes(0), op.sizes(1)
        if len(data) != 3 or len(weights) != 2 or weights[0] != data[-1]:
            raise LayerError(f"input {list(data)}, weights {list(weights)}: do not match")
        projection = matrix_product(
            *(prod(data[:-1]), data[-1], weights[1], 1),
            left_constant=op.constant(0),
            right_constant=op.constant(1),
        )
        heads = op.attribute("num_heads", 0)
        query, out = _widths(op, weights[1])
        keys = data[1] + _past(op, past)
        sizes = _Heads(
            batch=data[0],
            heads=heads,
            rows=data[1],
            width=_split(query, heads),
            keys=keys,
            out=_split(out, heads),
        )
        return [projection, *sizes.works()]

    return rule


def fused_sizes(past: int) -> Callable[[Operator], list[Dims | None]]:
    """Return what tells the sizes that such an attention makes."""

    def rule(op: Operator) -> list[Dims | None]:
        data, weights = op.sizes(0), op.sizes(1)
        if len(data) != 3 or len(weights) != 2:
            raise LayerError(f"input {list(data)}, weights {list(weights)}: do not match")
        query, out = _widths(op, weights[-1])
        width = _split(query, op.attribute("num_heads", 0))
        keys = data[1] + _past(op, past)
        return [
            (*data[:2], out),
            (2, data[0], op.attribute("num_heads", 0), keys, width),
        ]

    return rule


def _widths(op: Operator, whole: int) -> tuple[int, int]:
    """Return the widths of queries (and keys) and of values."""
    given = op.attribute("qkv_hidden_sizes", [0])
    return (given[0], given[2]) if len(given) == 3 else (whole // 3, whole // 3)


def multi_head(op: Operator) -> list[Work]:
    """Cost ``MultiHeadAttention``, whose queries, keys and values may be packed."""
    return _multi_head(op).works()


def multi_head_sizes(op: Operator) -> list[Dims | None]:
    """Return the sizes that it makes."""
    sizes = _multi_head(op)
    present = (sizes.batch, sizes.heads, sizes.keys)
    out = (sizes.batch, sizes.rows, sizes.heads * sizes.out)
    return [out, (*present, sizes.width), (*present, sizes.out)]


def _multi_head(op: Operator) -> _Heads:
    query, heads = op.sizes(0), op.attribute("num_heads", 0)
    past = _past(op, 6)
    if len(query) == 5:  # batch, rows, heads, 3, width: queries, keys and values in one
        batch, rows, heads, _, width = query
        return _Heads(batch=batch, heads=heads, rows=rows, width=width, keys=rows + past, out=width)
    if len(query) != 3:
        raise LayerError(f"a query of {list(query)}")
    batch, rows, whole = query
    width = _split(whole, heads)
    key = op.sizes(1) if op.has(1) else (batch, rows, whole)
    if len(key) == 5:  # batch, keys, heads, 2, width: keys and values in one
        return _Heads(
            batch=batch, heads=heads, rows=rows, width=width, keys=key[1] + past, out=key[-1]
        )
    value = op.sizes(2) if op.has(2) else key
    if len(key) == 4:  # batch, heads, keys, width: projected before, for all tokens
        return _Heads(batch=batch, heads=heads, rows=rows, width=width, keys=key[2], out=value[-1])
    if len(key) != 3 or len(value) not in (3, 4):
        raise LayerError(f"a key of {list(key)}")
    out = _split(value[-1], heads) if len(value) == 3 else value[-1]
    return _Heads(batch=batch, heads=heads, rows=rows, width=width, keys=key[1] + past, out=out)


def grouped(op: Operator) -> list[Work]:
    """Cost ``GroupQueryAttention``, where several heads of queries share keys and values."""
    return _grouped(op).works()


def grouped_sizes(op: Operator) -> list[Dims | None]:
    """Return the sizes that it makes."""
    sizes = _grouped(op)
    cache = (sizes.batch, op.attribute("kv_num_heads", 0), sizes.keys, sizes.width)
    return [(sizes.batch, sizes.rows, sizes.heads * sizes.width), cache, cache]


def _grouped(op: Operator) -> _Heads:
    query = op.sizes(0)
    heads, shared = op.attribute("num_heads", 0), op.attribute("kv_num_heads", 0)
    if len(query) != 3 or shared < 1:
        raise LayerError(f"a query of {list(query)}, keys of {shared} heads")
    width = _split(query[2], heads if op.has(1) else heads + 2 * shared)
    keys = op.number(6) or query[1] + _past(op, 3)
    return _Heads(batch=query[0], heads=heads, rows=query[1], width=width, keys=keys, out=width)
