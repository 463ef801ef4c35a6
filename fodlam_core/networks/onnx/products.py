"""Products of matrices, and what is built of them: quantised and fused forms, experts."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.errors import LayerError
from fodlam_core.model.shapes import FcShape
from fodlam_core.networks.onnx.shapes import broadcast
from fodlam_core.networks.work import Sizes, Work, matrix_product

if TYPE_CHECKING:
    from collections.abc import Callable

    from fodlam_core.networks.onnx.node import Operator
    from fodlam_core.networks.onnx.tensor import Dims


class Factor(NamedTuple):
    """One factor of a product: its sizes, and whether it is a weight."""

    sizes: Sizes
    constant: bool


def product(left: int = 0, right: int = 1) -> Callable[[Operator], list[Work]]:
    """Return the rule of a product whose factors stand at these positions."""

    def rule(op: Operator) -> list[Work]:
        return [_product(*_factors(op, left, right))]

    return rule


def product_sizes(left: int = 0, right: int = 1) -> Callable[[Operator], list[Dims | None]]:
    """Return what tells the sizes that such a product makes."""

    def rule(op: Operator) -> list[Dims | None]:
        one, other = (each.sizes for each in _factors(op, left, right))
        a, b = _matrix(one, True), _matrix(other, False)
        stack = broadcast([a[:-2], b[:-2]]) or ()
        rows = a[-2:-1] if len(one) > 1 else ()
        return [(*stack, *rows, *(b[-1:] if len(other) > 1 else ()))]

    return rule


def weights_of(inputs: str, outputs: str) -> Callable[[Operator], list[Work]]:
    """Return the rule of a product with weights whose sizes are attributes of these names."""

    def rule(op: Operator) -> list[Work]:
        data, k, n = op.sizes(0), op.attribute(inputs, 0), op.attribute(outputs, 0)
        if not data or data[-1] != k or n < 1:
            raise LayerError(f"its weights are {k} x {n}, its input is {list(data)}")
        return [matrix_product(prod(data[:-1]), k, n, 1, left_constant=False, right_constant=True)]

    return rule


def attribute_sizes(outputs: str) -> Callable[[Operator], list[Dims | None]]:
    """Return what tells the sizes that such a product makes."""
    return lambda op: [(*op.sizes(0)[:-1], op.attribute(outputs, 0))]


def experts(up: int, gate: int, packed: bool) -> Callable[[Operator], list[Work]]:
    """Return the rule of a mixture of experts, where each row goes through the best ``k``.

    Args:
        up: the position of the weights that widen, (experts, outputs, inputs).
        gate: the position of those of the gate, if there is one.
        packed: whether weights are packed, so that only the number of outputs can be told.
    """

    def rule(op: Operator) -> list[Work]:
        data, k = op.sizes(0), op.attribute("k", 1)
        if not data or len(op.sizes(up)) != 3:
            raise LayerError(f"input {list(data)}, weights {list(op.sizes(up))}: do not match")
        rows, width, count = prod(data[:-1]), data[-1], op.sizes(up)[0]
        if not 1 <= k <= count:
            raise LayerError(f"{k} of {count} experts")
        inner = op.sizes(up)[1] if packed else _other(op.sizes(up), width)
        halved = op.attribute("swiglu_fusion", 0) and not op.has(gate)
        shapes = [(width, inner), (inner // 2 if halved else inner, width)]
        if op.has(gate):
            shapes.append((width, inner))
        return [
            Work("fc", shape.macs, shape) for shape in (FcShape(*each, rows * k) for each in shapes)
        ]

    return rule


def _other(sizes: Sizes, width: int) -> int:
    """Return the inner width of an expert, in whichever order its weights are stored."""
    if len(sizes) != 3 or width not in sizes[1:]:
        raise LayerError(f"weights of experts {list(sizes)} do not fit rows of {width}")
    return sizes[1] if sizes[2] == width else sizes[2]


def _factors(op: Operator, left: int, right: int) -> tuple[Factor, Factor]:
    found = []
    for index, transposed in ((left, "transA"), (right, "transB")):
        sizes = op.sizes(index)
        if op.node.op_type.endswith("Gemm") and len(sizes) != 2:
            raise LayerError(f"{op.node.op_type}: expected two matrices")
        if op.attribute(f"transBatch{transposed[-1]}", 0) and len(sizes) > 2:
            sizes = (*sizes[1:-1], sizes[0], sizes[-1])  # rows stand before the stack
        if op.attribute(transposed, 0) and len(sizes) > 1:
            sizes = (*sizes[:-2], sizes[-1], sizes[-2])
        found.append(Factor(sizes, op.constant(index)))
    return found[0], found[1]


def _matrix(sizes: Sizes, left: bool) -> Sizes:
    if not sizes:
        raise LayerError("expected matrices, got a single number")
    if len(sizes) > 1:
        return sizes
    return (1, *sizes) if left else (*sizes, 1)


def _product(left: Factor, right: Factor) -> Work:
    a, b = _matrix(left.sizes, True), _matrix(right.sizes, False)
    stack = broadcast([a[:-2], b[:-2]]) if a[:-2] or b[:-2] else ()
    if a[-1] != b[-2] or stack is None:
        raise LayerError(f"cannot multiply {list(left.sizes)} with {list(right.sizes)}")
    count = prod(size or 1 for size in stack)
    return matrix_product(
        *(a[-2], a[-1], b[-1], count),
        left_constant=left.constant,
        right_constant=right.constant,
        left_stack=a[:-2],
        right_stack=b[:-2],
    )
