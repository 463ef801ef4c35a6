"""attrs validators of the public values; their messages say what to write."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fodlam_core.errors import PluginError

if TYPE_CHECKING:
    from typing import TypeGuard

    import attrs

Validator = Callable[[Any, "attrs.Attribute[Any]", Any], None]
MOST = sys.float_info.max


def is_number(value: object) -> TypeGuard[float]:
    """Tell whether a value is a finite number of Python's own.

    >>> is_number(1), is_number(0.5), is_number(float("nan")), is_number(True), is_number("1")
    (True, True, False, False, False)
    """
    if type(value) is float:
        return -MOST <= value <= MOST
    return isinstance(value, int | float) and type(value) is not bool and -MOST <= value <= MOST


def is_positive(value: object) -> TypeGuard[float]:
    """Tell whether a value is a positive, finite number.

    >>> is_positive(1), is_positive(0.0), is_positive(float("inf")), is_positive("1")
    (True, False, False, False)
    """
    return is_number(value) and value > 0


def is_amount(value: object) -> bool:
    """Tell whether a value is a finite number that is not negative."""
    return is_number(value) and value >= 0


def is_count(value: object) -> TypeGuard[int]:
    """Tell whether a value is a whole number of at least 1."""
    return type(value) is int and value >= 1


def wrong(owner: object, name: str, value: object, wanted: str) -> PluginError:
    """Return the error that names a field, quotes its value, and says what to write.

    >>> str(wrong("Net F", "power_w", -1, "a positive, finite number"))
    'Net F: power_w is -1; give a positive, finite number'
    """
    try:
        shown = repr(value)
    except Exception:  # whatever the repr of a stranger's value raises
        shown = f"a {type(value).__name__}"
    if len(shown) > 80:
        shown = f"{shown[:77]}..."
    if type(value).__module__ == "numpy":
        wanted += "; of a numpy number write int(x) or float(x)"
    return PluginError(f"{name} is {shown}; give {wanted}", where=str(owner))


def _owner(instance: object) -> str:
    if instance is None:  # a key of a file, which has its place there
        return ""
    return getattr(instance, "label", None) or type(instance).__name__


def _checked(good: Callable[[Any], bool], wanted: str, *, optional: bool) -> Validator:
    def check(instance: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        if (value is None and optional) or good(value):
            return
        raise wrong(_owner(instance), attribute.name, value, wanted)

    return check


positive = _checked(is_positive, "a positive, finite number", optional=False)
maybe_positive = _checked(is_positive, "a positive, finite number, or None", optional=True)
amount = _checked(is_amount, "a finite number, not negative", optional=False)
maybe_amount = _checked(is_amount, "a finite number, not negative, or None", optional=True)
count = _checked(is_count, "a whole number of at least 1", optional=False)
maybe_count = _checked(is_count, "a whole number of at least 1, or None", optional=True)
text = _checked(lambda value: isinstance(value, str), "a string", optional=False)
filled = _checked(
    lambda value: isinstance(value, str) and bool(value.strip()),
    "a string that is not empty",
    optional=False,
)
flag = _checked(lambda value: isinstance(value, bool), "True or False", optional=False)
texts = _checked(
    lambda value: isinstance(value, tuple) and all(isinstance(each, str) for each in value),
    "a list of strings",
    optional=False,
)


def one_of(*words: str, optional: bool = False) -> Validator:
    """Return a validator that accepts some words only."""
    wanted = f"one of {', '.join(map(repr, words))}"
    return _checked(lambda value: value in words, wanted, optional=optional)


def instance_of(*classes: type, optional: bool = False) -> Validator:
    """Return a validator that accepts instances of some classes only."""
    wanted = "a " + " or a ".join(each.__name__ for each in classes)
    if optional:
        wanted += ", or None"
    return _checked(lambda value: isinstance(value, classes), wanted, optional=optional)


def tuple_of(cls: type) -> Validator:
    """Return a validator that accepts tuples of instances of a class only."""
    wanted = f"a list of values of the class {cls.__name__}"
    return _checked(
        lambda value: isinstance(value, tuple) and all(isinstance(each, cls) for each in value),
        wanted,
        optional=False,
    )


def amounts(instance: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    """Accept mappings of names to finite numbers that are not negative."""
    if not isinstance(value, Mapping):
        raise wrong(_owner(instance), attribute.name, value, "a dict of numbers")
    for key, each in value.items():
        if not is_amount(each):
            raise wrong(_owner(instance), str(key), each, "a finite number, not negative")
