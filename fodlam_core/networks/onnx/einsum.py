"""Einsum: any number of factors, multiplied from left to right as PyTorch does it."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING

from fodlam_core.errors import LayerError
from fodlam_core.networks.onnx.products import Factor
from fodlam_core.networks.work import Sizes, Work, matrix_product

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fodlam_core.networks.onnx.node import Operator

_Term = tuple[str, ...]


def einsum(op: Operator) -> list[Work] | None:
    """Return the products of an ``Einsum``; none if nothing is summed over two factors at once.

    Letters that one factor alone has, and that are summed, are summed before; a letter that a
    factor repeats is its diagonal. Neither takes multiply-accumulates, nor do products element by
    element. None if there is no equation that can be understood.

    Raises:
        LayerError: if the equation does not fit the factors.
    """
    equation = op.attribute("equation", "").replace(" ", "")
    inputs, arrow, out = equation.partition("->")
    texts = inputs.split(",")
    if not equation or not (inputs + out).replace("...", "").replace(",", "").isalpha():
        return None
    factors = [Factor(op.sizes(index), op.constant(index)) for index in range(len(texts))]
    if len(texts) != len(op.inputs):
        raise LayerError(f"{equation}: {len(texts)} terms for {len(op.inputs)} factors")
    terms = [
        _letters(text, len(factor.sizes), equation)
        for text, factor in zip(texts, factors, strict=True)
    ]
    size = _sizes(terms, factors, equation)
    return _multiplied(terms, factors, size, _wanted(terms, out if arrow else None, size))


def _letters(text: str, axes: int, equation: str) -> _Term:
    """Return a letter for each axis; the axes of ``...`` are numbered from the last one."""
    before, dots, after = text.partition("...")
    hidden = axes - len(before) - len(after)
    if hidden < 0 or (hidden and not dots) or "." in before + after:
        raise LayerError(f"{equation}: {text} does not fit {axes} axes")
    return (*before, *(str(index) for index in range(hidden, 0, -1)), *after)


def _sizes(terms: list[_Term], factors: list[Factor], equation: str) -> dict[str, int]:
    size: dict[str, int] = {}
    for term, factor in zip(terms, factors, strict=True):
        for letter, length in zip(term, factor.sizes, strict=True):
            known = size.get(letter, 1)
            if 1 not in (known, length) and known != length:
                raise LayerError(f"{equation}: {letter} is {known} and {length}")
            size[letter] = max(known, length)
    return size


def _wanted(terms: list[_Term], out: str | None, size: Mapping[str, int]) -> frozenset[str]:
    """Return the letters of the result; without ``->`` those that stand once, and ``...``."""
    hidden = {letter for letter in size if letter.isdigit()}
    if out is None:
        counts = Counter(letter for term in terms for letter in term)
        return frozenset(hidden | {letter for letter, count in counts.items() if count == 1})
    return frozenset(out.replace("...", "")) | (hidden if "..." in out else set())


def _multiplied(
    terms: list[_Term], factors: list[Factor], size: Mapping[str, int], wanted: frozenset[str]
) -> list[Work]:
    works = []
    left, left_constant = set(terms[0]), factors[0].constant
    lengths = dict(zip(terms[0], factors[0].sizes, strict=True))
    for index in range(1, len(terms)):
        right = dict(zip(terms[index], factors[index].sizes, strict=True))
        later = wanted.union(*terms[index + 1 :])
        work = _pair(
            {letter: lengths[letter] for letter in left},
            right,
            later,
            left_constant,
            factors[index].constant,
        )
        works += [work] if work else []
        lengths = {letter: size[letter] for letter in {*left, *right} & later}
        left, left_constant = set(lengths), left_constant and factors[index].constant
    return works


def _pair(
    left: Mapping[str, int],
    right: Mapping[str, int],
    kept: frozenset[str],
    left_constant: bool,
    right_constant: bool,
) -> Work | None:
    """Return the product of two factors; None if no letter is summed over both."""
    # An axis of length 1 is repeated along that of the other factor.
    one = {letter for letter, length in left.items() if length > 1 or right.get(letter, 1) == 1}
    other = {letter for letter, length in right.items() if length > 1 or left.get(letter, 1) == 1}
    length = {**right, **{letter: left[letter] for letter in one}}
    if not (one & other) - kept:
        return None

    def count(letters: set[str]) -> int:
        return prod(length[letter] for letter in letters)

    rows, columns = count((one - other) & kept), count((other - one) & kept)
    stack: Sizes = (count(one & other & kept),)
    return matrix_product(
        rows,
        count((one & other) - kept),
        columns,
        stack[0],
        left_constant=left_constant,
        right_constant=right_constant,
        left_stack=stack,
        right_stack=stack,
    )
