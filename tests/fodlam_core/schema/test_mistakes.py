"""The long way knows fields of every type, and finds every mistake."""

from __future__ import annotations

import enum
from pathlib import Path

import attrs
import pytest

from fodlam_core.schema import count
from fodlam_core.schema.mistakes import Mistake, Mistakes, structured


class Color(enum.Enum):
    """A type that only the library knows."""

    RED = "red"


@attrs.frozen
class Options:
    """What the options of a plugin may be."""

    path: Path
    color: Color = Color.RED
    names: frozenset[str] = frozenset()
    size: int = attrs.field(default=1, validator=count)


def test_types() -> None:
    """Fields are of any type that cattrs knows."""
    table = {"path": "a", "color": "red", "names": ["b"], "size": 2}

    assert Options(Path("a"), Color.RED, frozenset({"b"}), 2) == structured(table, Options)


def test_all_at_once() -> None:
    """Each mistake has the keys that lead to it."""
    with pytest.raises(Mistakes) as caught:
        structured({"size": 0, "pat": "a"}, Options)

    assert [("",), ("size",)] == [each.path for each in caught.value.found]
    assert "did you mean 'path'?" in caught.value.found[0].text


def test_no_table() -> None:
    """What is no table at all is one mistake, at the place of the table."""
    with pytest.raises(Mistakes) as caught:
        structured(1, Options)

    assert [Mistake(("",), "expected a table, got 1")] == caught.value.found
