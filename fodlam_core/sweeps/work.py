"""One part of a sweep: computed, written, and recorded once it is complete."""

from __future__ import annotations

import json
import os
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from fodlam_core.files import FileError, parsed_json, read_text
from fodlam_core.sweeps.formats import CHUNK_ROWS, sink
from fodlam_core.sweeps.provenance import STAMP_KEY
from fodlam_core.sweeps.summary import Summary, summarize, summary_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.sweeps.grid import Partition
    from fodlam_core.sweeps.plan import Plan
    from fodlam_core.sweeps.points import Evaluator
    from fodlam_core.sweeps.selection import Selection

READ_BYTES = 1 << 20
MOST_REMARKS = 50
# The folders of complete parts, of the records of them, and of what is being written.
DATA, RECORDS, UNFINISHED = "data", "records", "unfinished"


class Work(NamedTuple):
    """A sweep cut into parts, and where they go; sent as it is to the workers of a cluster.

    Attributes:
        plan: the sweep.
        columns: the further columns asked for.
        selection: which points are kept.
        partition: the parts.
        parts: those that belong to this run.
        format: the format of a part: ``"parquet"``, ``"csv"`` or ``"jsonl"``.
        directory: where parts and records of them lie.
        metadata: what the result rests on.
        run: what the parts of this run are stamped with.
    """

    plan: Plan
    columns: tuple[str, ...]
    selection: Selection
    partition: Partition
    parts: range
    format: str
    directory: str
    metadata: dict[str, Any]
    run: str = ""

    def stamped(self, part: int) -> dict[str, Any]:
        """Return what a part carries: the metadata, the run and its number."""
        return {**self.metadata, STAMP_KEY: f"{self.run}/{part}"}

    def data_path(self, part: int) -> str:
        """Return where a part is written."""
        return os.path.join(self.directory, DATA, f"part-{part:08}.{self.format}")

    def record_path(self, part: int) -> str:
        """Return where it is recorded that a part is complete."""
        return os.path.join(self.directory, RECORDS, f"part-{part:08}.json")


class Record(NamedTuple):
    """What is known of a complete part.

    Attributes:
        part: its number.
        points: how many points of the grid it holds.
        kept: how many rows were written.
        size: bytes of its file.
        crc32: checksum of its file.
        summary: counts and ranges of its points.
        run: what the parts of its run are stamped with.
        remarks: doubts about the costs, and what does not scale, of this part and of those
            that the same process computed before; the first ones.
    """

    part: int
    points: int
    kept: int
    size: int
    crc32: int
    summary: Summary
    run: str
    remarks: tuple[str, ...] = ()


def compute(work: Work, evaluator: Evaluator, part: int) -> Record:
    """Compute a part, write it and record it.

    The record is written last, with a checksum: without it, or where it does not fit, the part
    counts as not done. So no interruption can leave half a part behind unnoticed.
    """
    box = work.partition.box(part)
    path = work.data_path(part)
    # Elsewhere than complete parts: what a process that was killed leaves must not be among them.
    temporary = os.path.join(work.directory, UNFINISHED, f"{part}-{os.getpid()}.{work.format}")
    try:
        with pl.Config(streaming_chunk_size=CHUNK_ROWS):
            frame = evaluator.frame(box)
            summary = summarize(frame, work.selection.columns)
            kept = summary.rows
            if work.selection:
                selected = work.selection.part(frame.collect(engine="streaming"))
                kept = selected.height
                frame = selected.lazy()
            sink(frame, temporary, work.format, work.stamped(part), header=part == work.parts[0])
        size, checksum = fingerprint(temporary)
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
    points = 1
    for each in box:
        points *= len(each)
    remarks = evaluator.remarks[:MOST_REMARKS]
    record = Record(
        part=part,
        points=points,
        kept=kept,
        size=size,
        crc32=checksum,
        summary=summary,
        run=work.run,
        remarks=remarks,
    )
    _write_record(record, work.record_path(part))
    return record


def _write_record(record: Record, path: str) -> None:
    temporary = f"{path}.{os.getpid()}.tmp"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump({**record._asdict(), "summary": record.summary._asdict()}, file)
    os.replace(temporary, path)


def fingerprint(path: str) -> tuple[int, int]:
    """Return the size of a file and its CRC-32."""
    size = checksum = 0
    with open(path, "rb") as file:
        while block := file.read(READ_BYTES):
            size += len(block)
            checksum = zlib.crc32(block, checksum)
    return size, checksum


def read_record(work: Work, part: int) -> Record | None:
    """Return the record of a part; None if the part is missing, incomplete or damaged."""
    try:
        values = parsed_json(read_text(work.record_path(part)))
        values["summary"] = summary_of(values["summary"])
        values["remarks"] = tuple(map(str, values.get("remarks", ())))
        record = Record(**values)
        if (record.run, record.part) != (work.run, part):
            return None  # of another run, or a copy of another part
        if fingerprint(work.data_path(part)) == (record.size, record.crc32):
            return record
    except (OSError, ValueError, TypeError, KeyError, AttributeError, FileError):
        pass
    return None


def undone(work: Work) -> tuple[list[Record], Sequence[int]]:
    """Return the records of complete parts, and the parts that are still to do."""
    records = {part: read_record(work, part) for part in work.parts}
    done = [record for record in records.values() if record]
    return done, [part for part, record in records.items() if record is None]
