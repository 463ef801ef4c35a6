"""Writes frames as Parquet, CSV or JSON lines, a bounded number of rows at a time."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import polars as pl

from fodlam_core.errors import FodlamError
from fodlam_core.report.escapes import FORMULA
from fodlam_core.sweeps.provenance import METADATA_KEY, STAMP_KEY, as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

SUFFIXES = {".parquet": "parquet", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
DATASET = "dataset"
# Rows that polars computes at a time, and rows of a group in Parquet: they bound the memory. A file
# made of many has larger groups, since its writer holds what it knows of each until the end.
CHUNK_ROWS = 2_500
GROUP_ROWS = 25_000
JOINED_GROUP_ROWS = 100_000
# What tells polars how many groups to read ahead; one is enough, as writing takes longer.
READ_AHEAD = "POLARS_ROW_GROUP_PREFETCH_SIZE"


def format_of(path: str) -> str:
    """Return the format of an output by its name.

    >>> format_of("out.csv"), format_of("results/")
    ('csv', 'dataset')

    Raises:
        FodlamError: if the name tells no format.
    """
    if path.endswith(("/", os.sep)):
        return DATASET
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in SUFFIXES:
        raise FodlamError(
            f"-o {path}: write a name that ends in {', '.join(SUFFIXES)}, or in / for a folder "
            "of Parquet files"
        )
    return SUFFIXES[suffix]


def sink(
    frame: pl.LazyFrame,
    path: str,
    format: str,
    metadata: dict[str, Any],
    *,
    header: bool = True,
    group_rows: int = GROUP_ROWS,
) -> None:
    """Write a frame while it is computed.

    Args:
        frame: the rows.
        path: the file.
        format: ``"parquet"``, ``"csv"`` or ``"jsonl"``.
        metadata: what a Parquet file carries with it.
        header: whether a CSV file starts with the names of the columns.
        group_rows: rows of a group in a Parquet file.
    """
    if format == "csv":
        frame = _without_formulas(frame)
        frame.sink_csv(path, include_header=header, engine="streaming")
    elif format == "jsonl":
        frame.sink_ndjson(path, engine="streaming")
    else:
        frame.sink_parquet(
            path,
            compression="zstd",
            compression_level=1,
            row_group_size=group_rows,
            metadata=_carried(metadata),
            engine="streaming",
        )


def _carried(metadata: dict[str, Any]) -> dict[str, str]:
    """Return what a Parquet file carries: what it rests on, and apart from it which part it is."""
    rest = {key: value for key, value in metadata.items() if key != STAMP_KEY}
    stamp = {STAMP_KEY: metadata[STAMP_KEY]} if STAMP_KEY in metadata else {}
    return {METADATA_KEY: as_text(rest), **stamp}


def _without_formulas(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return rows whose texts no spreadsheet takes for a formula."""
    texts = [
        pl.col(name).cast(pl.String).str.replace(r"^[=+\-@\t\r]", "'$0")
        for name, type_ in frame.collect_schema().items()
        if type_ == pl.String or (isinstance(type_, pl.Enum) and _has_formula(type_))
    ]
    return frame.with_columns(texts)


def _has_formula(type_: pl.Enum) -> bool:
    return any(str(each).startswith(FORMULA) for each in type_.categories)


def join(parts: Sequence[str], path: str, format: str, metadata: dict[str, Any]) -> None:
    """Make one file of the files of all parts."""
    if len(parts) == 1:
        os.replace(parts[0], path)
    elif format == "parquet":
        os.environ.setdefault(READ_AHEAD, "1")
        with pl.Config(streaming_chunk_size=CHUNK_ROWS):
            rows = pl.scan_parquet(list(parts), glob=False)
            sink(rows, path, format, metadata, group_rows=JOINED_GROUP_ROWS)
    else:
        with open(path, "wb") as whole:
            for part in parts:
                with open(part, "rb") as file:
                    shutil.copyfileobj(file, whole, 1 << 20)
