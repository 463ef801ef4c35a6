"""The file that says how the tables of a publication are printed."""

from __future__ import annotations

from typing import Any

import pytest

from fodlam_core.accelerators.publication_file import PrintedTable, PublicationFile
from fodlam_core.schema.structure import structure

COLUMNS = ("network", "layer", "a_ms", "b_ms")
TABLES: dict[str, Any] = {
    "data": "chip.csv",
    "layouts": {"times": {"corner": "Layer", "columns": [{"name": "a_ms", "title": "A (ms)"}]}},
    "tables": [{"name": "Table 1", "title": "Times", "layout": "times"}],
}


def problems(**changes: Any) -> list[str]:
    """Return what does not go together once some keys are changed."""
    file, wrong = structure({**TABLES, **changes}, PublicationFile)
    assert (wrong, file is None) == ([], False)
    assert file is not None
    return list(map(str, file.problems(COLUMNS)))


def test_a_file_without_mistakes() -> None:
    """Columns and layouts that are there are no problem."""
    assert [] == problems()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"layouts": {}}, "[[tables]] 1 layout: unknown layout 'times'"),
        (
            {"layouts": {"times": {"corner": "", "columns": [], "totals": {"a_ms": ["c_ms"]}}}},
            "[layouts.times]: the data have no column c_ms",
        ),
        (
            {"unproven": [{"network": "N", "layer": "a", "column": "a_m", "why": "poor copy"}]},
            "[[unproven]] 1 column: unknown column 'a_m'; did you mean 'a_ms'",
        ),
        (
            {"constants": {"w": {"table": "", "row": "", "column": "", "printed": "x"}}},
            "[constants.w] printed: 'x' is not a number",
        ),
    ],
)
def test_what_does_not_go_together(changes: dict[str, Any], problem: str) -> None:
    """A name that nothing answers to, and a number that is none, have their place."""
    assert [problem] == [each[: len(problem)] for each in problems(**changes)]


def test_rows_of_a_table() -> None:
    """A table is of one network, or of the rows that it names, which print may call otherwise."""
    one = PrintedTable("1", "", "times", network="N", rows={"N": {"a": "A1"}})
    several = PrintedTable("2", "", "times", rows={"N": {"a": "A1"}})
    a, b = ({"network": "N", "layer": layer} for layer in "ab")

    assert (True, True, "A1", "b") == (
        one.covers(a),
        one.covers(b),
        one.row_name(a),
        one.row_name(b),
    )
    assert (True, False) == (several.covers(a), several.covers(b))
