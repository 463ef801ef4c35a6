"""Validators of the public values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from fodlam_core import PluginError
from fodlam_core.model import validators


class Field(NamedTuple):
    """A field, as far as a validator looks at it."""

    name: str


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (validators.positive, [1, 0.5], [0, -1, True, "1", None, float("nan"), float("inf")]),
        (validators.maybe_positive, [1, None], [0]),
        (validators.amount, [0, 0.5], [-1, None]),
        (validators.count, [1], [0, 1.0, True]),
        (validators.filled, ["a"], ["", " ", 1]),
        (validators.flag, [True, False], [0, 1]),
        (validators.texts, [(), ("a",)], ["a", ["a"], (1,)]),
        (validators.one_of("a", "b"), ["a"], ["c"]),
        (validators.instance_of(int, optional=True), [1, None], ["1"]),
        (validators.tuple_of(int), [(1, 2)], [(1, "2"), [1]]),
        (validators.amounts, [{}, {"a": 1}], [{"a": -1}, 3]),
    ],
)
def test_each_tells_right_from_wrong(
    check: Callable[..., None], good: list[Any], bad: list[Any]
) -> None:
    """What is right passes; anything else is an error that names the field."""
    for value in good:
        check(None, Field("power_w"), value)
    for value in bad:
        with pytest.raises(PluginError, match="power_w|a is -1"):
            check(None, Field("power_w"), value)
