"""The one way to take a number that somebody writes: finite, and in a range that leaves room.

Numbers of chips and networks lie between an attojoule and an exaflop; 1e-30 and 1e30 are far
outside, and products and quotients of a dozen such numbers are still finite. A value such as
1e-310 is a slip, which would otherwise show as an overflow far from the mistake.
"""

from __future__ import annotations

LEAST, MOST = 1e-30, 1e30
MOST_COUNT = 10**15
PHYSICAL = "a positive, finite number"
COUNTED = "a positive whole number"


def expected(what: str, value: object) -> str:
    """Say what was expected, with the range where only that is wrong.

    >>> expected(PHYSICAL, -1.0), expected(COUNTED, 1.5)
    ('expected a positive, finite number', 'expected a positive whole number')
    >>> expected(PHYSICAL, 1e-310)
    'expected a positive, finite number from 1e-30 to 1e+30'
    """
    if type(value) in (int, float) and value > 0:  # type: ignore[operator]
        if what == PHYSICAL and value < float("inf"):  # type: ignore[operator]
            return f"expected {what} from {LEAST:g} to {MOST:g}"
        if what == COUNTED and type(value) is int:
            return f"expected {what} up to {MOST_COUNT:g}"
    return f"expected {what}"


def is_number(value: object) -> bool:
    """Tell whether a value is a number, of either sign, that can be computed with.

    >>> is_number(-1), is_number(1e400), is_number(10**400), is_number(True), is_number("1")
    (True, False, False, False, False)
    """
    return isinstance(value, int | float) and type(value) is not bool and -MOST <= value <= MOST


def is_physical(value: object, least: float = LEAST, most: float = MOST) -> bool:
    """Tell whether a value is a positive number that a physical quantity can have.

    >>> is_physical(0.2), is_physical(0), is_physical(1e-310), is_physical(float("nan"))
    (True, False, False, False)
    """
    return isinstance(value, int | float) and type(value) is not bool and least <= value <= most


def is_count(value: object) -> bool:
    """Tell whether a value is a positive whole number that something can be counted by.

    >>> is_count(1), is_count(10**400), is_count(1.0), is_count(True)
    (True, False, False, False)
    """
    return type(value) is int and 1 <= value <= MOST_COUNT
