"""Good tables of plain types are made the short way, and are what the long way makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.schema import KEY, REST, positive
from fodlam_core.schema.mistakes import structured
from fodlam_core.schema.plain import NotPlain, made


@attrs.frozen
class Row:
    """A table in a list of tables."""

    name: str
    size: float | None = attrs.field(default=None, validator=positive)


@attrs.frozen
class Table:
    """A table with a field of every plain type."""

    name: str
    count: int = 1
    ratio: float = 1.0
    flag: bool = False
    kind: Literal["conv", "fc"] = "conv"
    relation: Literal["at most"] | None = attrs.field(default=None, metadata={KEY: "is"})
    batch: int | Literal["published"] = 1
    rows: tuple[Row, ...] = ()
    sizes: Mapping[str, tuple[int, ...]] = attrs.field(factory=dict)
    row: Row = Row("a")
    others: Mapping[str, Any] = attrs.field(factory=dict, metadata={REST: True})


KEYS = [*(field.metadata.get(KEY, field.name) for field in attrs.fields(Table)), "size", "nam"]
SCALARS = st.one_of(
    st.sampled_from(["conv", "fc", "published", "at most", ""]),
    st.integers(-1, 3),
    st.floats(),
    st.booleans(),
    st.none(),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4))
def test_agreement(table: dict[str, Any]) -> None:
    """What is made of a table is what the long way makes of it; nothing is, if that is nothing."""
    try:
        value = made({"name": "a", **table}, Table)
    except (NotPlain, ValueError):
        return

    assert repr(value) == repr(structured({"name": "a", **table}, Table))


def test_every_plain_type() -> None:
    """A good table of plain types needs no long way."""
    row = {"name": "b", "size": 2}
    table = {
        "name": "a",
        "count": 2,
        "ratio": 3,
        "flag": True,
        "kind": "fc",
        "is": "at most",
        "batch": "published",
        "rows": [row],
        "sizes": {"x": [1, 2]},
        "row": row,
        "more": [1],
    }

    assert made(table, Table) == Table(
        name="a",
        count=2,
        ratio=3,
        flag=True,
        kind="fc",
        relation="at most",
        batch="published",
        rows=(Row("b", 2),),
        sizes={"x": (1, 2)},
        row=Row("b", 2),
        others={"more": [1]},
    )


@pytest.mark.parametrize(
    "table",
    [
        *([], {"name": 1}, {"name": "a", "flag": 1}, {"name": "a", "count": True}),
        *({"name": "a", "ratio": float("nan")}, {"name": "a", "rows": {}}),
        *({"name": "a", "sizes": {1: [1]}}, {"name": "a", "row": {"name": "b", "sise": 1}}),
    ],
)
def test_other_values(table: Any) -> None:
    """Nothing is made where a value is not of the type of its field, or no field has the key."""
    with pytest.raises(NotPlain):
        made(table, Table)


def test_own_checks() -> None:
    """What the class itself refuses is refused with its own words."""
    with pytest.raises(ValueError, match="positive"):
        made({"name": "a", "size": -1}, Row)
    with pytest.raises(TypeError, match="name"):
        made({}, Row)


def test_other_types() -> None:
    """A class with a field of another type is left to the long way."""

    @attrs.frozen
    class Other:
        path: Path

    with pytest.raises(NotPlain):
        made({"path": "a"}, Other)


def test_unions() -> None:
    """Of two types that both could take a value, none is chosen here."""

    @attrs.frozen
    class Either:
        value: str | tuple[str, ...]

    with pytest.raises(NotPlain):
        made({"value": "a"}, Either)
