"""How parsed tables become values: one set of checks, messages and places for every file.

`fodlam_core.schema.structure` turns a table into an attrs class; a new kind of file is a new
attrs class. This module has what messages and classes share, and imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from fodlam_core.errors import quoted, unknown
from fodlam_core.schema.numbers import COUNTED, PHYSICAL, expected, is_count, is_physical

if TYPE_CHECKING:
    import attrs

Path = Sequence[str | int]
Validator = Callable[[Any, "attrs.Attribute[Any]", Any], None]
# Metadata of fields: REST for the one that takes all keys which no other field has, KEY for the
# key of the table where it is not the name of the field.
REST = "rest"
KEY = "key"


def show(value: object) -> str:
    """Return a value as messages quote it: short."""
    return quoted(value, 60)


def words(_instance: object, _attribute: object, value: str) -> None:
    """Check that a text says something; an attrs validator."""
    if not value.strip():
        raise ValueError(f"expected a string, not empty, got {show(value)}")


def positive(_instance: object, _attribute: object, value: float | None) -> None:
    """Check that a number, where there is one, is over 0 and finite; an attrs validator."""
    if value is not None and not is_physical(value):
        raise ValueError(f"{expected(PHYSICAL, value)}, got {show(value)}")


def count(_instance: object, _attribute: object, value: int | None) -> None:
    """Check that a whole number, where there is one, is at least 1; an attrs validator."""
    if value is not None and not is_count(value):
        raise ValueError(f"{expected(COUNTED, value)}, got {show(value)}")


def distinct(_instance: object, _attribute: object, value: Sequence[str]) -> None:
    """Check that a list has items, and none twice; an attrs validator."""
    if not value or len(set(value)) < len(value):
        raise ValueError(f"expected at least one, all different, got {show(list(value))}")


def one_of(what: str, names: Sequence[str]) -> Validator:
    """Return an attrs validator of a name, which suggests the one that was meant."""

    def check(_instance: object, _attribute: object, value: str) -> None:
        if value not in names:
            raise ValueError(unknown(what, value, names))

    return check
