"""Pareto fronts and tops."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.sweeps.selection import Selection, pareto_front

VALUE = st.none() | st.integers(0, 5)


@given(rows=st.lists(st.tuples(VALUE, VALUE, VALUE), max_size=40), columns=st.integers(1, 3))
def test_front_is_what_nothing_beats(rows: list[tuple[Any, ...]], columns: int) -> None:
    """A row is on the front exactly if no other is as good everywhere and better somewhere."""
    names = ["a", "b", "c"][:columns]
    frame = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.Int64, "c": pl.Int64}, orient="row")

    front = pareto_front(frame, names).rows()

    values = [row for row in rows if None not in row[:columns]]
    beaten = [
        any(
            all(x <= y for x, y in zip(one[:columns], row[:columns], strict=True))
            and one[:columns] != row[:columns]
            for one in values
        )
        for row in values
    ]
    assert [row for row, worse in zip(values, beaten, strict=True) if not worse] == front


@given(
    parts=st.lists(st.lists(st.tuples(VALUE, VALUE), max_size=10), min_size=1, max_size=5),
    selection=st.sampled_from(
        [
            Selection(("a", "b")),
            Selection((), 3, "a"),
            Selection(("a", "b"), 2, "b"),
            Selection((), 3, "a", ("b",)),
            Selection(("a",), distinct=("b",)),
            Selection(),
        ]
    ),
)
def test_parts_make_no_difference(parts: list[list[Any]], selection: Selection) -> None:
    """Selecting from parts, and then from what they gave, is selecting from everything."""
    schema = {"a": pl.Int64, "b": pl.Int64}
    frames = [pl.DataFrame(part, schema=schema, orient="row") for part in parts]

    kept = selection.of(selection.part(frame) for frame in frames)

    assert sorted(selection.of([pl.concat(frames)]).rows(), key=repr) == sorted(
        kept.rows(), key=repr
    )


def test_top_is_sorted_and_never_refused() -> None:
    """The top has the least values first, and no row without a value."""
    frame = pl.DataFrame({"a": [3.0, None, 1.0, 2.0]})

    assert [1.0, 2.0] == Selection((), 2, "a").of([frame])["a"].to_list()
    assert 3 == Selection((), 9, "a").of([frame]).height
