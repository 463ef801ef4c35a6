"""Conditions: what is accepted means what it says, and all else is refused before it does harm."""

from __future__ import annotations

import operator
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.errors import ConfigError
from fodlam_core.sweeps.conditions import conditions

SCHEMA = pl.Schema(
    {
        "technology.vdd": pl.Float64(),
        "network.batch": pl.Int64(),
        "network.name": pl.Enum(["VGG16", "AlexNet"]),
        "flag": pl.Boolean(),
        "problem": pl.String(),
    }
)
ROWS = [
    (0.7, 1, "VGG16", True, None),
    (0.8, 2, "AlexNet", False, "bad 50%"),
    (0.0, 3, "VGG16", None, "x"),
    (None, 4, "AlexNet", True, None),
]
FRAME = pl.DataFrame(ROWS, schema=SCHEMA, orient="row")


def met(text: str, frame: pl.DataFrame = FRAME) -> list[int]:
    """Return the batches of the rows that meet a condition."""
    [condition] = conditions([text], SCHEMA)
    return frame.lazy().filter(condition).collect()["network.batch"].to_list()


@pytest.mark.parametrize(
    ("text", "batches"),
    [
        ("technology.vdd > 0.7", [2]),
        ('"technology.vdd" <> 0.7', [2, 3]),
        ("technology.vdd BETWEEN 0.7 AND 0.8 AND NOT problem IS NULL", [2]),
        ("technology.vdd not between 0.7 and 0.8", [3]),
        ("network.name = 'VGG16' or flag", [1, 3, 4]),
        ("network.name LIKE 'V%'", [1, 3]),
        ("network.name NOT ILIKE 'v__16'", [2, 4]),
        ("problem LIKE '%50%%'", [2]),
        ("network.name IN ('VGG16', 'LeNet')", [1, 3]),
        ("network.batch NOT IN (1, 2.0)", [3, 4]),
        ("problem IS NOT NULL", [2, 3]),
        ("flag IS NOT TRUE", [2, 3]),
        ("flag IS FALSE", [2]),
        ("1 / technology.vdd > 1.3", [1]),
        ("1 / technology.vdd IS NULL", [3, 4]),
        ("technology.vdd / 0 IS NULL", [1, 2, 3, 4]),
        ("network.batch % 2 = 0 AND -network.batch < -2", [4]),
        ("network.batch + 2 * 2 == 6", [2]),
        ("(network.batch + 2) * 2 = 6", [1]),
        ("9223372036854775807 + network.batch > 0", [1, 2, 3, 4]),
        ("SQRT(0 - network.batch) > 0", []),
        ("LN(0 - network.batch) IS NULL", [1, 2, 3, 4]),
        ("ROUND(technology.vdd * 1.1, 2) = 0.77", [1]),
        ("POWER(network.batch, 2) > 8", [3, 4]),
        ("GREATEST(technology.vdd, 0.75) > 0.76", [2]),
        ("COALESCE(technology.vdd, 9) > 1", [4]),
        ("LENGTH(problem) > 2 AND UPPER(problem) = 'BAD 50%'", [2]),
        ("'it''s' = 'it''s'", [1, 2, 3, 4]),
        (" OR ".join(["network.batch = 1"] * 180), [1]),
    ],
)
def test_meaning(text: str, batches: list[int]) -> None:
    """A condition means what it means in SQL; what divides by zero is null."""
    assert batches == met(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 IN (SELECT a FROM read_csv('secret.csv'))", "SELECT: not known"),
        ("read_csv('secret.csv') IS NULL", "READ_CSV: not known"),
        ("ROW_NUMBER() OVER () < 3", "ROW_NUMBER: not known"),
        ("COUNT(*) > 3", "COUNT: not known; a condition is about one point"),
        ("GREATEST()", "GREATEST: takes 1 to 20 values, got 0"),
        ("LPAD('x', 4000000000, 'y') = 'z'", "LPAD: not known"),
        ("NOT network.name", "NOT: expected a condition, got a text"),
        ("network.batch", "expected a condition, got a number"),
        ("network.name > 3", "a text and a number cannot be compared"),
        ("problem = NULL", "write IS NULL"),
        ("network.batch IN (1, NULL)", "expected a list"),
        ("network.name LIKE problem", "expected a pattern in quotes"),
        ("flag; DROP TABLE x", "cannot be read from '; DROP TABLE x' on"),
        ("flag -- comment", "-- is not expected there"),
        ("1e999 > 1", "the number is too large"),
        ("technology.vd > 1", "did you mean 'technology.vdd'?"),
        ("", "expected a value, got the end"),
        ("'open", "cannot be read"),
        ("1" + "+1" * 3000 + " > 0", "characters long; at most 4,000"),
        ("1" + "+1" * 1000 + " > 0", "more than 40 operators"),
        (" OR ".join(["flag"] * 3000), "characters long"),
        ("(" * 500 + "flag" + ")" * 500, "nested more than 40 deep"),
        ("ABS(" * 500 + "1" + ")" * 500 + " > 0", "nested more than 40 deep"),
    ],
)
def test_refusals(text: str, message: str) -> None:
    """What is not a condition on one point is refused in one short line."""
    with pytest.raises(ConfigError) as error:
        conditions([text], SCHEMA)

    assert message in str(error.value)
    assert 1 == len(str(error.value).splitlines())
    assert len(str(error.value)) < 500


SIGNS = {"<": operator.lt, "<=": operator.le, "=": operator.eq, "!=": operator.ne}
NUMBERS = st.integers(-3, 3)
ATOMS = st.tuples(st.sampled_from(sorted(SIGNS)), NUMBERS)
TREES = st.recursive(
    ATOMS, lambda inner: st.tuples(st.sampled_from(["AND", "OR"]), inner, inner), max_leaves=12
)


def text_of(tree: Any) -> str:
    """Return a tree as a condition."""
    if len(tree) == 2:
        return f"network.batch {tree[0]} {tree[1]}"
    return f"NOT (NOT ({text_of(tree[1])} {tree[0]} {text_of(tree[2])}))"


def value_of(tree: Any, batch: int) -> bool:
    """Return what a tree says of a batch."""
    if len(tree) == 2:
        return bool(SIGNS[tree[0]](batch, tree[1]))
    both = value_of(tree[1], batch), value_of(tree[2], batch)
    return all(both) if tree[0] == "AND" else any(both)


@given(tree=TREES, rows=st.lists(NUMBERS, max_size=20), parts=st.integers(1, 24))
def test_parts_make_no_difference(tree: Any, rows: list[int], parts: int) -> None:
    """A condition keeps the rows that meet it, in one part as in many."""
    frame = pl.DataFrame({"network.batch": rows}, schema={"network.batch": pl.Int64})
    text = text_of(tree)

    cut = [met(text, frame[start::parts]) for start in range(parts)]

    kept = [batch for batch in rows if value_of(tree, batch)]
    assert kept == met(text, frame)
    assert sorted(kept) == sorted(batch for part in cut for batch in part)


@given(text=st.text("aANDORxIN()'\"<>=+-*/%,. 019eSLIKBTWUF\n\0é", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is written is a condition, or a mistake that is told."""
    try:
        met(text)
    except ConfigError as error:
        assert "[sweep] where: " in str(error)
