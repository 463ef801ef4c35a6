"""What value types share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def as_tuple(items: Iterable[Any]) -> tuple[Any, ...]:
    """Return the items as a tuple; an attrs converter.

    attrs inspects the signature of a converter, which for the built-in ``tuple`` takes longer
    than everything else it does for a class.

    Raises:
        TypeError: for a string, whose letters are hardly what was meant.
    """
    if isinstance(items, str):
        raise TypeError(f"expected a list, got {items!r}; write [{items!r}]")
    return tuple(items)


def words(text: str) -> frozenset[str]:
    """Return the words of a text; the readable form of a long set of names.

    >>> sorted(words("Conv Gemm"))
    ['Conv', 'Gemm']
    """
    return frozenset(text.split())
