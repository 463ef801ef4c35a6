"""Runs a sweep: to a file, or to its first rows and a summary."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from fodlam_core.errors import FodlamError, unknown
from fodlam_core.libraries import need
from fodlam_core.sweeps.columns import column_names
from fodlam_core.sweeps.engine_polars import run_polars
from fodlam_core.sweeps.formats import CHUNK_ROWS, DATASET, format_of
from fodlam_core.sweeps.grid import POINTS_PER_PART, shard_parts
from fodlam_core.sweeps.lock import locked
from fodlam_core.sweeps.output import (
    finish,
    parts_directory,
    prepare_output,
    target_of,
    writing,
)
from fodlam_core.sweeps.points import Evaluator
from fodlam_core.sweeps.provenance import provenance
from fodlam_core.sweeps.selection import Selection
from fodlam_core.sweeps.summary import Summary, merge, summarize
from fodlam_core.sweeps.ties import as_lines
from fodlam_core.sweeps.verdicts import PROBLEM, VERDICT
from fodlam_core.sweeps.work import Record, Work, undone

if TYPE_CHECKING:
    from fodlam_core.plugins.registry import Registry
    from fodlam_core.sweeps.plan import Plan

# A selection looks at all rows of a part at once.
POINTS_PER_SELECTION = 500_000

# Called with the number of points that are done, and that are to be done.
Watch = Callable[[int, int], None]


class Request(NamedTuple):
    """What is to be done with a sweep.

    Attributes:
        columns: columns besides those that are always there.
        selection: which points are kept.
        shard: ``"3/16"`` for one of sixteen parts of the points; None for all.
        engine: ``"polars"`` or ``"dask"``.
        scheduler: the address of a Dask scheduler; None for a cluster on this machine.
        distinct: whether of points that cost the same only the first is selected.
        resume: whether to continue what an interrupted run has left.
        force: whether to replace what is there.
    """

    columns: tuple[str, ...] = ()
    selection: Selection = Selection()
    shard: str | None = None
    engine: str = "polars"
    scheduler: str | None = None
    distinct: bool = False
    resume: bool = False
    force: bool = False

    def checked(self, plan: Plan) -> Request:
        """Return the request with the columns that the selection needs.

        Raises:
            FodlamError: with a line for everything that does not fit.
        """
        selection = self.selection
        numbers = [axis.key for axis in plan.axes.axes if axis.type in ("int", "float")]
        others = {axis.key for axis in plan.axes.axes} - set(numbers)
        known = [name for name in column_names(plan) if name not in {PROBLEM, *others}]
        asked = [("--pareto", name) for name in selection.pareto]
        asked += [("--by", selection.by)] if selection.top is not None else []
        problems = [
            f"{option}: {unknown('column of numbers', name, known)}"
            for option, name in asked
            if name not in known
        ]
        if self.distinct and not selection:
            problems.append("--distinct: needs --pareto or --top")
        if selection and self.shard:
            problems.append(
                "--shard: the best points of the shards together are not the best of all; run the "
                "shards without --pareto and --top"
            )
        if problems:
            raise FodlamError(*problems)
        if self.distinct:
            selection = selection._replace(distinct=tuple(axis.key for axis in plan.axes.axes))
        columns = (*self.columns, *(name for _, name in asked))
        return self._replace(columns=columns, selection=selection)


class Outcome(NamedTuple):
    """What came of a sweep.

    Attributes:
        summary: counts and ranges of its points; None if it had been complete before.
        kept: the number of rows that were written or shown.
        head: the first rows, if they were asked for.
        lines: the same to be read: those that a selection keeps and that cost the same as one.
        merged: the axes in which the rows of one line differ.
        remarks: doubts about the costs, and what does not scale, of what was computed.
    """

    summary: Summary | None
    kept: int
    head: pl.DataFrame | None = None
    lines: pl.DataFrame | None = None
    merged: Sequence[str] = ()
    remarks: tuple[str, ...] = ()


def write_sweep(
    plan: Plan, registry: Registry, request: Request, path: str, watch: Watch
) -> Outcome:
    """Write a sweep to a file or a folder, part by part.

    Raises:
        FodlamError: if something is in the way, or it cannot be written.
    """
    request = request.checked(plan)
    format = format_of(path)
    path = target_of(path)
    work = _work(plan, registry, request, path, format)
    Evaluator(plan, registry, request.columns)  # every mistake is found before work starts
    with contextlib.ExitStack() as stack:
        writing(path, lambda: stack.enter_context(locked(work.directory)))
        run = writing(
            path,
            lambda: prepare_output(path, format, work, resume=request.resume, force=request.force),
        )
        if run is None:
            return Outcome(None, 0)
        return _written(work._replace(run=run), registry, request, path, watch)


def _written(work: Work, registry: Registry, request: Request, path: str, watch: Watch) -> Outcome:
    """Compute what is missing, and put the output in its place."""
    records, todo = undone(work)
    total = sum(_points(work, part) for part in work.parts)
    done = sum(record.points for record in records)
    watch(done, total)
    engine = _engine(work, todo, request, registry)

    def go() -> None:
        nonlocal done
        for record in engine:
            records.append(record)
            done += record.points
            watch(done, total)

    writing(path, go)
    kept = writing(path, lambda: finish(work, path, format_of(path), records))
    rows = sum(record.kept for record in records) if kept is None else kept
    remarks = dict.fromkeys(each for record in records for each in record.remarks)
    return Outcome(merge(record.summary for record in records), rows, remarks=tuple(remarks))


def _work(plan: Plan, registry: Registry, request: Request, path: str, format: str) -> Work:
    points = POINTS_PER_SELECTION if request.selection else POINTS_PER_PART
    partition, parts = shard_parts(request.shard, plan.grid, points)
    columns = column_names(plan, request.columns)
    return Work(
        plan,
        request.columns,
        request.selection,
        partition,
        parts,
        "parquet" if request.selection or format == DATASET else format,
        parts_directory(path),
        provenance(plan, registry, columns, request.selection, request.shard),
    )


def _points(work: Work, part: int) -> int:
    points = 1
    for each in work.partition.box(part):
        points *= len(each)
    return points


def _engine(
    work: Work, todo: Sequence[int], request: Request, registry: Registry
) -> Iterator[Record]:
    if request.engine == "polars":
        return run_polars(work, todo, registry)
    need("distributed", "the engine dask", "dask")
    from fodlam_core.sweeps.engine_dask import run_dask

    return run_dask(work, todo, request.scheduler)


def preview_sweep(
    plan: Plan, registry: Registry, request: Request, rows: int, watch: Watch
) -> Outcome:
    """Return the first rows of a sweep, or of what a selection keeps of it, and its summary.

    Raises:
        FodlamError: if the request does not fit the sweep.
    """
    request = request.checked(plan)
    if request.engine != "polars":
        raise FodlamError("--engine dask writes parts to a folder; say with -o which")
    work = _work(plan, registry, request, "", "parquet")
    # Of all points only those that are shown are judged.
    evaluator = Evaluator(plan, registry, [name for name in request.columns if name != VERDICT])
    summaries: list[Summary] = []
    total = sum(_points(work, part) for part in work.parts)

    def frames() -> Iterator[pl.DataFrame]:
        done, missing = 0, rows
        for part in work.parts:
            watch(done, total)
            frame = evaluator.frame(work.partition.box(part))
            summaries.append(summarize(frame, request.selection.columns))
            if request.selection:
                yield frame.collect(engine="streaming")
            elif missing:
                head = frame.head(missing).collect(engine="streaming")
                missing -= head.height
                yield head
            done += _points(work, part)

    with pl.Config(streaming_chunk_size=CHUNK_ROWS):
        found = request.selection.of(frames())
    if VERDICT in request.columns:
        found = evaluator.judged(found)
    watch(total, total)
    remarks = tuple(dict.fromkeys([*evaluator.remarks, *evaluator.doubts]))
    summary = merge(summaries)
    if not request.selection:
        return Outcome(summary=summary, kept=summary.rows, head=found, lines=found, remarks=remarks)
    lines, merged = as_lines(found, (axis.key for axis in plan.axes.axes))
    head, first = found.head(rows), lines.head(rows)
    return Outcome(
        summary=summary, kept=found.height, head=head, lines=first, merged=merged, remarks=remarks
    )
