"""What all values have in common: equality, hash and repr by their fields."""

from __future__ import annotations

import functools
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable


def _comparison(cls: type[Any]) -> Callable[[object], Any]:
    return attrgetter(*(field.name for field in attrs.fields(cls) if field.eq))


def _template(cls: type[Any]) -> tuple[str, Callable[[object], Any]]:
    """Return the repr of a class with a place for each field, and what takes the fields."""
    names = [field.name for field in attrs.fields(cls) if field.repr]
    places = ", ".join(f"{name}={{!r}}" for name in names)
    # A getter of one name would return no tuple.
    return f"{cls.__qualname__.rpartition('>.')[2]}({places})", attrgetter(*names, "__class__")


_compared: Callable[[Any], Callable[[object], Any]] = functools.cache(_comparison)
_shown: Callable[[Any], tuple[str, Callable[[object], Any]]] = functools.cache(_template)


class Same:
    """Something that is the same as nothing but itself; compared at once, however large."""

    __slots__ = ("what",)

    def __init__(self, what: Any) -> None:
        self.what = what

    def __hash__(self) -> int:
        return id(self.what)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.what is other.what


class Value:
    """The base of an attrs class that is made with ``eq=False, repr=False``.

    It compares, hashes and shows the fields as attrs would. But attrs compiles these methods again
    for each class, which is half of what it takes to make one, and a run makes two dozen.

    >>> @attrs.frozen(eq=False, repr=False)
    ... class Point(Value):
    ...     x: int
    ...     y: int = attrs.field(default=0, eq=False)
    >>> Point(1), Point(1) == Point(1, y=2), Point(1) == Point(2)
    (Point(x=1, y=0), True, False)
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        compared = _compared(self.__class__)
        return bool(compared(self) == compared(other))

    def __hash__(self) -> int:
        return hash(_compared(self.__class__)(self))

    def __repr__(self) -> str:
        template, fields = _shown(self.__class__)
        return template.format(*fields(self))
