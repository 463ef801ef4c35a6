"""The checks that every file shares."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fodlam_core.schema import count, distinct, one_of, positive, show, words
from fodlam_core.schema.numbers import is_number


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (words, ["a"], ["", " "]),
        (positive, [None, 1, 0.5], [0, -1, float("inf"), float("nan")]),
        (count, [None, 1], [0, -1]),
        (distinct, [("a", "b")], [(), ("a", "a")]),
        (one_of("colour", ["red"]), ["red"], ["rde"]),
    ],
)
def test_validators(check: Callable[..., None], good: list[object], bad: list[object]) -> None:
    """Each takes what is right, and raises for anything else."""
    for value in good:
        check(None, None, value)
    for value in bad:
        with pytest.raises(ValueError, match="expected|red"):
            check(None, None, value)


def test_numbers() -> None:
    """Truth values, texts and infinities are not numbers."""
    assert [True, True] == [is_number(1), is_number(0.5)]
    assert not any(map(is_number, (True, "1", None, float("inf"), float("nan"))))


def test_quotes_are_short() -> None:
    """A long value is cut."""
    assert "'a'" == show("a")
    assert 60 == len(show("a" * 100))
