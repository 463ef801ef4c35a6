"""The layers that the operators of ONNX stand for, from the shapes of what they read and make."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import LayerError
from fodlam_core.model.shapes import ConvShape, MatmulShape
from fodlam_core.networks.work import Sizes, Work, matrix_product

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def attribute(node: Any, name: str, default: Any = None) -> Any:
    """Return an attribute of a node: an integer, a list of integers or a text."""
    for each in node.attribute:
        if each.name == name:
            if each.type == 7 or each.ints:
                return list(each.ints)
            if each.type == 3 or each.s:
                return each.s.decode(errors="replace")
            return each.i
    return default


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
    strides = attribute(node, "strides", None) or [1] * axes
    dilations = attribute(node, "dilations", None) or [1] * axes
    if len(strides) != axes or len(dilations) != axes or groups < 1:
        raise LayerError(f"strides {strides}, dilations {dilations}, group {groups}: wrong")
    if axes > 2:
        macs = prod(weights) * prod(data[2:] if transposed else made[2:])
        return Work("conv", macs, None, data[0])
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
    return Work("conv", shape.macs, shape, data[0])


def _two(sizes: Sequence[int]) -> tuple[int, int]:
    return sizes[0], sizes[1]


def _pads(
    node: Any, data: Sizes, kernel: Sizes, made: Sizes, strides: list[int], dilations: list[int]
) -> list[int]:
    """Return the padding, all beginnings before all ends, also where the file leaves it open."""
    given = attribute(node, "pads", None)
    mode = attribute(node, "auto_pad", "NOTSET")
    open_ = mode.startswith("SAME") or attribute(node, "output_shape", None)
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


class Factor(NamedTuple):
    """One factor of a product: its sizes, and whether it is a weight."""

    sizes: Sizes
    constant: bool


def product(node: Any, left: Factor, right: Factor) -> Work:
    """Return the layer of ``Gemm`` or ``MatMul``.

    Raises:
        LayerError: if the sizes do not match.
    """
    if node.op_type == "Gemm":
        if len(left.sizes) != 2 or len(right.sizes) != 2:
            raise LayerError("Gemm: expected two matrices")
        if attribute(node, "transA", 0):
            left = left._replace(sizes=left.sizes[::-1])
        if attribute(node, "transB", 0):
            right = right._replace(sizes=right.sizes[::-1])
    if not left.sizes or not right.sizes:
        raise LayerError("expected matrices, got a single number")
    a = left.sizes if len(left.sizes) > 1 else (1, *left.sizes)
    b = right.sizes if len(right.sizes) > 1 else (*right.sizes, 1)
    m, k, n = a[-2], a[-1], b[-1]
    if k != b[-2]:
        raise LayerError(f"cannot multiply {list(left.sizes)} with {list(right.sizes)}")
    count = prod(_broadcast(a[:-2], b[:-2]))
    return matrix_product(m, k, n, count, left.constant, right.constant, a[:-2], b[:-2])


def _broadcast(left: Sizes, right: Sizes) -> Sizes:
    width = max(len(left), len(right))
    left, right = (1,) * (width - len(left)) + left, (1,) * (width - len(right)) + right
    for a, b in zip(left, right, strict=True):
        if a != b and 1 not in (a, b):
            raise LayerError(f"cannot broadcast {list(left)} with {list(right)}")
    return tuple(map(max, zip(left, right, strict=True)))


def einsum(node: Any, left: Factor, right: Factor) -> Work | None:
    """Return the layer of an ``Einsum`` of two factors; None if it is no stack of products."""
    equation = attribute(node, "equation", "").replace(" ", "")
    inputs, arrow, out = equation.partition("->")
    a, comma, b = inputs.partition(",")
    if not arrow or not comma or not (a + b + out).isalpha():
        return None
    if any(len(set(term)) != len(term) for term in (a, b, out)):
        return None
    if len(a) != len(left.sizes) or len(b) != len(right.sizes):
        raise LayerError(f"{equation}: does not fit {list(left.sizes)} and {list(right.sizes)}")
    size: Mapping[str, int] = {**dict(zip(b, right.sizes, strict=True)),
                               **dict(zip(a, left.sizes, strict=True))}  # fmt: skip
    roles = {letter: (letter in a, letter in b, letter in out) for letter in size}
    if not set(roles.values()) <= set(_ROLES):
        return None
    counts = [prod(size[x] for x, role in roles.items() if role == each) for each in _ROLES]
    m, n, k, count = counts
    stack = (count,)
    return matrix_product(m, k, n, count, left.constant, right.constant, stack, stack)


# Letters of the left factor, of the right one, summed over, and shared: in left, right, output.
_ROLES = ((True, False, True), (False, True, True), (True, True, False), (True, True, True))


def attention(node: Any, query: Sizes, key: Sizes, value: Sizes) -> list[Work]:
    """Return the two products of scaled dot-product attention.

    Raises:
        LayerError: if the sizes do not match.
    """
    heads = attribute(node, "q_num_heads", 0)
    if len(query) == 4:
        batch, heads, rows, width = query
        length, out = key[-2], value[-1]
    elif len(query) == 3 and heads and not query[2] % heads:
        batch, rows, width = query[0], query[1], query[2] // heads
        length = key[-2]
        out = value[-1] // (attribute(node, "kv_num_heads", 0) or heads)
    else:
        raise LayerError(f"cannot tell the heads of a query {list(query)}")
    shapes = (
        MatmulShape(rows, width, length, batch * heads),
        MatmulShape(rows, length, out, batch * heads),
    )
    return [Work("matmul", shape.macs, shape) for shape in shapes]
