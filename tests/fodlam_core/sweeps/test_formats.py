"""Files of a sweep."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from fodlam_core import FodlamError
from fodlam_core.sweeps.formats import format_of, join, sink

FRAME = pl.DataFrame({"a": [1, 2], "b": ["x", None]})
READ = {"parquet": pl.read_parquet, "csv": pl.read_csv, "jsonl": pl.read_ndjson}


@pytest.mark.parametrize("format", READ)
def test_parts_make_one_file(tmp_path: Path, format: str) -> None:
    """Parts that were written apart are read back as one frame."""
    parts = [str(tmp_path / name) for name in "pq"]
    for number, part in enumerate(parts):
        sink(FRAME[number : number + 1].lazy(), part, format, {}, header=number == 0)

    join(parts, str(tmp_path / "whole"), format, {})

    assert FRAME.equals(READ[format](tmp_path / "whole"))


def test_a_name_that_tells_no_format() -> None:
    """A suffix that is not known is an error that lists those that are."""
    with pytest.raises(FodlamError, match=r"\.parquet, \.csv"):
        format_of("out.xlsx")
