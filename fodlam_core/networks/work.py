"""What an operator of a graph amounts to, before the batch is divided out."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from fodlam_core.model.shapes import FcShape, MatmulShape, Shape

Sizes = tuple[int, ...]


class Work(NamedTuple):
    """One layer, before the batch is divided out.

    Attributes:
        kind: the kind of layer.
        macs: multiply-accumulates of one item.
        shape: the shape of one item; None if the kind has none for it.
        items: how often it runs for the whole batch, for instance once for each image.
    """

    kind: str
    macs: int
    shape: Shape | None
    items: int = 1


def matrix_product(
    m: int,
    k: int,
    n: int,
    count: int,
    *,
    left_constant: bool,
    right_constant: bool,
    left_stack: Sizes = (),
    right_stack: Sizes = (),
) -> Work:
    """Return ``count`` products of (m x k) with (k x n).

    A constant factor is a weight, and each of its matrices a fully-connected layer of its own.
    """
    if right_constant:
        stack = prod(right_stack)
        shape = FcShape(k, n, m * count // stack)
        return Work(kind="fc", macs=shape.macs, shape=shape, items=stack)
    if left_constant:
        stack = prod(left_stack)
        shape = FcShape(k, m, n * count // stack)
        return Work(kind="fc", macs=shape.macs, shape=shape, items=stack)
    product_ = MatmulShape(m=m, k=k, n=n, count=count)
    return Work("matmul", product_.macs, product_)
