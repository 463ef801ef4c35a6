"""Blocks of documents."""

from __future__ import annotations

from fodlam_core.report.document import Table, table


def test_columns_by_name() -> None:
    """Columns are named in one text, and what is numeric or spare is named again."""
    built = table(["name", "time"], [["a", "1 s"]], numeric="time", spare="name, time")

    assert built == Table(("name", "time"), (("a", "1 s"),), frozenset({"time"}), ("name", "time"))


def test_columns_left_out() -> None:
    """A table without a column has neither its cells nor its name among the spare ones."""
    whole = table(["a", "b", "c"], [["1", "2", "3"]], spare="a, b")

    assert table(["a", "c"], [["1", "3"]], spare="a") == whole.without("b")
    assert table(["c", "a"], [["3", "1"]], spare="a") == whole.only([2, 0])
