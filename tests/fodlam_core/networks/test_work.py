"""What an operator amounts to."""

from __future__ import annotations

from fodlam_core import FcShape, MatmulShape
from fodlam_core.networks.work import matrix_product


def test_two_activations() -> None:
    """A product of two activations is a matmul."""
    work = matrix_product(2, 3, 4, 5, left_constant=False, right_constant=False)

    assert ("matmul", 2 * 3 * 4 * 5, MatmulShape(2, 3, 4, 5)) == (work.kind, work.macs, work.shape)


def test_a_weight_on_the_right() -> None:
    """A constant factor is a weight, which all products of the stack share."""
    work = matrix_product(2, 3, 4, 5, left_constant=False, right_constant=True)

    assert ("fc", FcShape(3, 4, 10), 1) == (work.kind, work.shape, work.items)


def test_a_stack_of_weights() -> None:
    """Each matrix of a stack of weights is a layer of its own."""
    work = matrix_product(
        2, 3, 4, 6, left_constant=True, right_constant=False, left_stack=(3,), right_stack=(6,)
    )

    assert (FcShape(3, 2, 8), 3) == (work.shape, work.items)
    assert 2 * 3 * 4 * 6 == work.macs * work.items
