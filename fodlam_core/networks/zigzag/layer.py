"""What an equation over loops amounts to: a convolution, a product, or nothing that multiplies."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from fodlam_core.model.layers import Layer
from fodlam_core.model.shapes import ConvShape, FcShape, MatmulShape

if TYPE_CHECKING:
    from collections.abc import Set

    from fodlam_core.networks.zigzag.rows import Operand, Row


def layer_of(row: Row, ids: frozenset[str]) -> Layer | None:
    """Return the layer of a row; None if it multiplies nothing that it sums up.

    Args:
        row: the row.
        ids: the numbers of all layers of the file.

    Raises:
        LayerError: if its numbers contradict each other.
    """
    one, other = row.operands
    out = row.loops(row.out) & set(row.sizes)
    both = row.loops(one) & row.loops(other) - out
    if not both or "pool" in row.operator.lower():
        return None
    made = [_made(row, each, ids) for each in row.operands]
    weights, data = (other, one) if not made[1] or one.name == "I" else (one, other)
    if all(made):
        return _product(row, data, weights)
    if row.relations:
        return _convolution(row, data, weights)
    groups, rows, outputs, inputs = _counts(row, data, weights)
    shape = FcShape(inputs, outputs, rows)
    return Layer(name=row.name, kind="fc", macs=shape.macs, shape=shape, repeat=groups)


def _made(row: Row, operand: Operand, ids: frozenset[str]) -> bool:
    """Tell whether an operand is an activation; one of unknown source is, unless called W."""
    source = row.sources.get(operand.name)
    if source is None or source not in ids or source == row.id:
        return operand.name != "W"
    return True


def _counts(row: Row, data: Operand, weights: Operand) -> tuple[int, int, int, int]:
    """Return groups, rows, outputs and inputs of a product, the batch left out."""
    left, right = row.loops(data), row.loops(weights)
    out = row.loops(row.out)

    def count(names: Set[str]) -> int:
        skipped = {"b"} if row.batched else set()
        return prod(row.sizes.get(name, 1) for name in names - skipped)

    return (
        count(left & right & out),
        count((left - right) & out),
        count((right - left) & out),
        count((left | right) - out),
    )


def _product(row: Row, data: Operand, weights: Operand) -> Layer:
    groups, rows, outputs, inputs = _counts(row, data, weights)
    shape = MatmulShape(m=rows, k=inputs, n=outputs, count=groups)
    return Layer(name=row.name, kind="matmul", macs=shape.macs, shape=shape)


def _convolution(row: Row, data: Operand, weights: Operand) -> Layer:
    """Return a convolution; its input comes out as padded, as sizes are those of the output."""
    walked = [(axis, row.relations[axis]) for axis in data.axes if axis in row.relations]
    if not 1 <= len(walked) <= 2 or any(
        relation.out not in row.sizes or relation.tap not in row.sizes for _, relation in walked
    ):
        return Layer(row.name, "conv", row.macs)
    walks = [relation for _, relation in walked]
    # Axes of the input: channels, height, width; some files write the width first.
    if len(walks) == 2 and walked[0][0].endswith("x"):
        walks.reverse()
    fill = 2 - len(walks)
    out = (1,) * fill + tuple(row.sizes[walk.out] for walk in walks)
    taps = (1,) * fill + tuple(row.sizes[walk.tap] for walk in walks)
    steps = (1,) * fill + tuple(walk.step for walk in walks)
    spread = (1,) * fill + tuple(walk.spread for walk in walks)
    groups, rows, outputs, inputs = _counts(row, data, weights)
    channels, filters = inputs // prod(taps), outputs
    if rows != prod(out):
        return Layer(row.name, "conv", row.macs)
    height, width = (
        (out[axis] - 1) * steps[axis] + spread[axis] * (taps[axis] - 1) + 1 for axis in (0, 1)
    )
    shape = ConvShape.from_input(
        (channels * groups, height, width),
        filters * groups,
        (taps[0], taps[1]),
        (steps[0], steps[1]),
        dilation=(spread[0], spread[1]),
        groups=groups,
    )
    return Layer(name=row.name, kind="conv", macs=shape.macs, shape=shape)
