"""Tables become values, or a line for each mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import pytest

from fodlam_core.errors import place
from fodlam_core.schema import REST, count, distinct, one_of, positive, words
from fodlam_core.schema.structure import structure


@attrs.frozen
class Row:
    """A row of a list of tables."""

    name: str = attrs.field(validator=words)
    size: float | None = attrs.field(default=None, validator=positive)


@attrs.frozen
class Table:
    """A table with everything that a table can have."""

    name: str
    rows: tuple[Row, ...] = ()
    batch: int = attrs.field(default=1, validator=count)
    kinds: tuple[str, ...] = attrs.field(default=("conv",), validator=distinct)
    origin: str = attrs.field(default="here", validator=one_of("origin", ("here", "there")))
    sizes: Mapping[str, float] = attrs.field(factory=dict)


@attrs.frozen
class Open:
    """A table that takes further keys."""

    name: str = ""
    others: Mapping[str, Any] = attrs.field(factory=dict, metadata={REST: True})


def test_values() -> None:
    """A table without mistakes is an instance of the class, lists and tables in it too."""
    table = {"name": "a", "rows": [{"name": "b", "size": 2}], "sizes": {"x": 1.5}}

    assert (Table("a", (Row("b", 2),), sizes={"x": 1.5}), []) == structure(table, Table)


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ({}, "name: is missing; add it"),
        ({"name": 1}, "name: expected a string, got 1"),
        ({"name": "a", "nam": 1}, "unknown key 'nam'; did you mean 'name'?"),
        ({"name": "a", "rows": 1}, "rows: expected a list, got 1"),
        ({"name": "a", "rows": [{"name": " "}]}, "[[rows]] 1 name: expected a string, not empty"),
        ({"name": "a", "rows": [{"name": "b"}, 1]}, "[[rows]] 2: expected a table, got 1"),
        ({"name": "a", "rows": [{"name": "b", "size": 0}]}, "[[rows]] 1 size: expected a positive"),
        ({"name": "a", "rows": [{"name": "b", "sise": 1}]}, "[[rows]] 1: unknown key 'sise'"),
        ({"name": "a", "batch": 0}, "batch: expected a positive whole number, got 0"),
        ({"name": "a", "batch": True}, "batch: expected a whole number, got True"),
        ({"name": "a", "kinds": ["x", "x"]}, "kinds: expected at least one, all different, got"),
        ({"name": "a", "origin": "her"}, "origin: unknown origin 'her'; did you mean 'here'"),
        ({"name": "a", "sizes": {"b c": "1"}}, "[sizes] \"b c\": expected a number, got '1'"),
        ({"name": "a", "sizes": {"x": float("nan")}}, "[sizes] x: expected a number, got nan"),
    ],
)
def test_mistakes(table: dict[str, Any], line: str) -> None:
    """A mistake is told with its place, what was expected and what is there."""
    value, [problem] = structure(table, Table)

    assert value is None
    assert str(problem).startswith(line)


def test_all_at_once() -> None:
    """Every mistake has a line, in the order of the table."""
    table = {"x": 1, "batch": "1", "rows": [{"size": -1}]}

    assert [
        "[t]: unknown key 'x'; there are: batch, kinds, name, origin, rows, sizes",
        "[t] name: is missing; add it",
        "[t] batch: expected a whole number, got '1'",
        "[[t.rows]] 1 name: is missing; add it",
        "[[t.rows]] 1 size: expected a positive, finite number, got -1",
    ] == list(map(str, structure(table, Table, ("t",))[1]))


def test_keys_below_a_table() -> None:
    """A key of the file that stands below a table belongs to that table in TOML: this is said."""
    table = {"name": "a", "rows": [{"name": "b", "kinds": ["conv"]}]}

    assert ["[[rows]] 1 kinds: belongs above the first [table] of the file; move it there"] == list(
        map(str, structure(table, Table)[1])
    )


def test_further_keys() -> None:
    """Keys that no field has are gathered where a class has a field for them."""
    assert (
        Open("a", {"x": 1, "others": 2}) == structure({"name": "a", "x": 1, "others": 2}, Open)[0]
    )


def test_places() -> None:
    """A place is written as TOML writes it."""
    assert ["", "[a.b] c", '["a b"]', "[[a]] 2", "[[a]] 2 b 3 c", "[[a.b]] 1 d"] == [
        place(()),
        place(("a", "b"), "c"),
        place(("a b",)),
        place(("a",), 2),
        place(("a", 2, "b", 3), "c"),
        place(("a", "b", 1), "d"),
    ]
