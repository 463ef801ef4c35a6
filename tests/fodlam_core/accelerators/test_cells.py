"""Cells of an accelerator's table, as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from fodlam_core.accelerators.cells import Columns, Row, read_cells


def test_rows_have_their_lines(tmp_path: Path) -> None:
    """Empty rows are left out, spaces are stripped, and each row knows its line."""
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xef\xbb\xbfa, b\r\n\r\n,\r\n 1 ,2\r\n")

    assert [(1, ["a", "b"]), (4, ["1", "2"])] == read_cells(str(path))


@pytest.mark.parametrize("content", [b'a\n"b', b"\xff"])
def test_what_is_not_csv_is_refused(tmp_path: Path, content: bytes) -> None:
    """An open quote and bytes that are not UTF-8 are errors that name the file."""
    path = tmp_path / "t.csv"
    path.write_bytes(content)

    with pytest.raises(ValueError, match=str(path)):
        read_cells(str(path))


def test_mistakes_of_a_row_are_collected() -> None:
    """Each cell that cannot be read is noted, and the next one is read all the same."""
    row = Row(Columns.named(["latency_ms", "batch", "calibration"]), ["x", "0", "maybe"])

    assert (1.0, 1) == (row.quantity("latency_s"), row.whole("batch"))
    assert row.flag("calibration")
    assert ["latency_ms", "batch", "calibration"] == [text.split(":")[0] for text in row.problems]


def test_quantities_are_in_si_units() -> None:
    """A cell is multiplied by the unit in the name of its column, and so is its rounding."""
    row = Row(Columns.named(["latency_ms"]), ["20.9"])

    assert pytest.approx(20.9e-3) == row.quantity("latency_s")
    assert pytest.approx(0.05e-3) == row.rounding("latency_s")
