"""Assertions that several checks share."""

from __future__ import annotations

import re
from typing import Any

from fodlam_core.model.validators import is_positive
from fodlam_core.plugins import describe, isolated
from fodlam_core.plugins.guards.asking import Guarded, shown

NAME = re.compile(r"[A-Za-z0-9_-]+")
# Of an accelerator, which may be one operating point of a chip.
CHIP_NAME = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)?")


def assert_name(name: Any, what: str) -> None:
    """A name is written in a configuration as it is: ``[accelerator.NAME]``."""
    assert isinstance(name, str), f"the name of {what} is {name!r}; make it a string"
    assert NAME.fullmatch(name), (
        f"the name {name!r} of {what} cannot be written in a configuration as it is; use letters, "
        "digits, - and _ only"
    )


def assert_line(text: Any, what: str) -> None:
    """A text for a person is one line and not empty."""
    assert isinstance(text, str), f"{what} is {text!r}; make it a string"
    assert text.strip(), f"{what} is empty; say in one line what a person should read there"
    assert "\n" not in text, f"{what} has several lines; make it one"


def assert_chip_name(name: Any) -> None:
    """A name of an accelerator is ``chip`` or ``chip/point``."""
    assert isinstance(name, str), f"the name of an accelerator is {name!r}; make it a string"
    assert CHIP_NAME.fullmatch(name), (
        f"the name {name!r} of an accelerator cannot be written in a configuration; use letters, "
        "digits, - and _ only, and one / before an operating point"
    )


def assert_positive(value: Any, what: str, unit: str) -> None:
    """A quantity is a positive, finite number in SI units."""
    assert is_positive(value), f"{what} is {value!r}; give a positive, finite number of {unit}"


def assert_attributes(item: Any, guard: type[Guarded], what: str) -> None:
    """What the core reads from an object is there if it has to be, and is what it has to be."""
    for name, (good, expected) in guard.DEMANDS.items():
        value, error = isolated(getattr, item, name)
        if isinstance(error, AttributeError):
            assert name not in guard.REQUIRED, f"{what} has no {name}; give it {expected}"
            continue
        assert error is None, (
            f"{name} of {what} cannot be read: {describe(error)}; make it {expected}"
        )
        right, _ = isolated(good, value)
        assert right, f"{name} of {what} is {shown(value)}; make it {expected}"
