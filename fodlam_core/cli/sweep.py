"""``fodlam-core sweep``: a grid of design points."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any

from fodlam_core.cli.common import emit, registry_for
from fodlam_core.cli.plot import add_plot_argument, check_plot, plot
from fodlam_core.cli.progress import progress
from fodlam_core.errors import FodlamError
from fodlam_core.estimates.verdict import in_short
from fodlam_core.libraries import need
from fodlam_core.model.quantities import METRICS, UNITS
from fodlam_core.plugins import stdout_to_stderr
from fodlam_core.report.document import Bullets, Document, Text, table
from fodlam_core.report.messages import say
from fodlam_core.report.report import FORMATS, Report
from fodlam_core.report.units import deviation, number, quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fodlam_core.plugins.registry import Registry
    from fodlam_core.sweeps.plan import Plan
    from fodlam_core.sweeps.run import Outcome, Request
    from fodlam_core.sweeps.summary import Summary

ASK_ABOVE = 10_000_000
REASONS_SHOWN = 8
ROWS = 10
MOST_JUDGED = 1000  # a verdict takes some milliseconds
CELL = 40
ENDS = "+-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add = parser.add_argument
    add("config", metavar="CONFIG", help="a configuration with a [sweep] table; - for stdin")
    add(
        "-o",
        "--output",
        metavar="FILE",
        help="write all rows to FILE.parquet, FILE.csv or FILE.jsonl, or to a folder FILE/ of "
        "Parquet files (default: print the first rows and a summary)",
    )
    add(
        "--set",
        action="append",
        default=[],
        metavar="TABLE.KEY=VALUE",
        help="override a key of the configuration",
    )
    add(
        "--columns",
        type=_names,
        default=(),
        metavar="NAME,...",
        help="columns besides axes, latency_s, energy_j, power_w and problem; all: every one but "
        "verdict, which takes milliseconds for each point",
    )
    add("--pareto", type=_names, default=(), metavar="NAME,...", help="keep the Pareto front")
    add("--top", type=_count, metavar="COUNT", help="keep that many points, the least --by first")
    add("--by", default="energy_j", metavar="NAME", help="column for --top (default: energy_j)")
    add(
        "--distinct",
        action="store_true",
        help="of points with the same values but for axes, --pareto and --top keep one",
    )
    add("--engine", choices=("polars", "dask"), default="polars", help="what computes the points")
    add("--scheduler", metavar="ADDRESS", help="a Dask scheduler (default: a cluster here)")
    add("--shard", metavar="K/N", help="only the Kth of N equal shares of the points")
    add("--resume", action="store_true", help="continue what an interrupted run has left")
    add("--force", action="store_true", help="replace what is there")
    add("--yes", action="store_true", help=f"do it even if there are over {ASK_ABOVE:,} points")
    add("-q", "--quiet", action="store_true", help="no messages but errors")
    add(
        "-f",
        "--format",
        choices=FORMATS,
        default="table",
        help="form of what is printed without -o (default: table)",
    )
    add(
        "--rows",
        type=_count,
        metavar="COUNT",
        help=f"rows to print (default: all of --top, else {ROWS})",
    )
    add_plot_argument(parser)
    add("--axes", action="store_true", help="list what can be an axis, and compute nothing")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, got {text!r}")
    return int(text)


def execute(args: argparse.Namespace) -> int:
    """Run the sweep."""
    need("polars", "a sweep", "sweep")
    from fodlam_core.sweeps.plan import make_plan
    from fodlam_core.sweeps.run import preview_sweep, write_sweep

    check_plot(args)
    registry = registry_for(args)
    if args.axes:
        emit(_axes(args, registry), args)
        return 0
    request = _request(args)
    plan = make_plan(args.config, registry, args.set)
    _announce(plan.grid.points, args)
    try:
        # A rule or a predictor that prints must not spoil the data.
        with stdout_to_stderr(), progress(quiet=args.quiet) as watch:
            if args.output is None:
                rows = args.rows or args.top or ROWS
                request = request._replace(columns=request.columns or _shown(rows))
                outcome = preview_sweep(plan, registry, request, rows, watch)
            else:
                outcome = write_sweep(plan, registry, request, args.output, watch)
    except KeyboardInterrupt:
        if args.output is not None:
            say("interrupted; --resume continues from here")
        raise
    plot(args, lambda: _figures(plan, registry, args))
    if args.output is None:
        emit(_report(args.config, outcome, plan.grid.points), args)
    elif not args.quiet:
        for line in _lines(args.output, outcome):
            say(line)
    return 0


def _shown(rows: int) -> tuple[str, ...]:
    """Return the columns of so many printed rows: no number is without what it is worth."""
    bounds = [metric.end(end) for metric in METRICS for end in ("low", "high")]
    return (*bounds, "verdict") if rows <= MOST_JUDGED else tuple(bounds)


def _figures(plan: Plan, registry: Registry, args: argparse.Namespace) -> list[Axes]:
    """Return lines over an axis, if there is one of numbers, and latency against energy."""
    from fodlam_core.figures.design_points import MOST_POINTS, lines, pareto
    from fodlam_core.sweeps.points import Evaluator

    if plan.grid.points > MOST_POINTS:
        raise FodlamError(
            f"--plot: a figure shows {MOST_POINTS:,} points at most, not {plan.grid.points:,}; "
            "give an axis fewer values"
        )
    evaluator = Evaluator(plan, registry)
    with stdout_to_stderr():
        rows = evaluator.frame(plan.grid.box).collect().to_dicts()
    swept = [axis.key for axis in plan.axes.axes]
    title = f"Sweep of {os.path.basename(args.config)}"
    sources = [str(each) for each in evaluator.citations]
    return [*lines(rows, swept, title, sources)[:1], pareto(rows, swept, title, sources)]


def _request(args: argparse.Namespace) -> Request:
    from fodlam_core.sweeps.run import Request
    from fodlam_core.sweeps.selection import Selection

    if args.scheduler and args.engine != "dask":
        raise FodlamError("--scheduler: needs --engine dask")
    for name in ("resume", "force"):
        if getattr(args, name) and args.output is None:
            raise FodlamError(f"--{name}: needs -o FILE")
    selection = Selection(args.pareto, args.top, args.by)
    return Request(
        columns=args.columns,
        selection=selection,
        shard=args.shard,
        engine=args.engine,
        scheduler=args.scheduler,
        distinct=args.distinct,
        resume=args.resume,
        force=args.force,
    )


def _axes(args: argparse.Namespace, registry: Registry) -> Report:
    """Return the keys that can be axes of a configuration."""
    from fodlam_core.config.asked import asked_source
    from fodlam_core.sweeps.listing import possible_axes

    axes = possible_axes(asked_source(args.config, args.set), registry)
    rows = [{"axis": key, "values": values} for key, values in axes]

    def documents() -> list[Document]:
        cells = [tuple(row.values()) for row in rows]
        return [Document(f"Axes of {args.config}", (table(("axis", "values"), cells),))]

    return Report(documents, lambda: {"axes": rows}, lambda: rows)


def _announce(points: int, args: argparse.Namespace) -> None:
    """Say how many points there are, before any is computed."""
    if points > ASK_ABOVE and not args.yes:
        raise FodlamError(f"{args.config}: {points:,} points; if you mean it, add --yes")
    if not args.quiet:
        say(f"{points:,} points")


def _lines(path: str, outcome: Outcome) -> list[str]:
    """Return what there is to say of a result that was written."""
    if outcome.summary is None:
        return [f"{path}: was complete already"]
    notes = [f"note: {each}" for each in outcome.remarks]
    return [
        f"{path}: {outcome.kept:,} rows",
        *_counts(outcome),
        *_left_out(outcome.summary),
        *notes,
    ]


def _counts(outcome: Outcome) -> list[str]:
    summary = outcome.summary
    assert summary is not None
    lines = [f"{summary.refused:,} of {summary.rows:,} points have no cost"] * bool(summary.refused)
    shown, rest = summary.reasons[:REASONS_SHOWN], summary.reasons[REASONS_SHOWN:]
    lines += [f"{each.points:,}: {each}" for each in shown]
    if rest:
        points = sum(each.points for each in rest)
        lines.append(f"{points:,}: for {len(rest)} further reasons")
    return lines


def _left_out(summary: Summary) -> list[str]:
    """Say how many points no selection keeps, for want of a value of the column that selects."""
    return [
        f"{count:,} of {summary.rows:,} points have no {name}, so that none of them is kept"
        for name, count in summary.unknown.items()
        if count
    ]


def _report(title: str, outcome: Outcome, points: int) -> Report:
    head, lines, summary = outcome.head, outcome.lines, outcome.summary
    assert head is not None
    assert lines is not None
    assert summary is not None
    rows: list[dict[str, Any]] = head.to_dicts()

    def documents() -> list[Document]:
        refused = lines["problem"].null_count() < lines.height
        names = [name for name in lines.columns if name != "problem" or refused]
        numbers = {name for name in names if head[name].dtype.is_numeric()}
        header, cells = _with_ends(names, lines.to_dicts())
        right = ", ".join((*numbers, ENDS))
        ranges = [
            f"{name}: {_cell(name, least)} to {_cell(name, greatest)}"
            for name, (least, greatest) in summary.ranges.items()
        ]
        shown = f"{lines.height:,} of {outcome.kept:,} rows"
        if outcome.merged:
            axes = " and ".join(outcome.merged)
            shown = (
                f"{outcome.kept:,} rows; those that differ in {axes} only, which makes no "
                "difference there, are one line, and --distinct keeps one row of each"
            )
        parts: tuple[Any, ...] = (table(header, cells, right), Text(shown))
        count = f"{points:,} points"
        if summary.rows != points:
            count = f"{summary.rows:,} of {count}; where or --shard leaves out the others"
        parts += (Bullets("All points", [count, *ranges]),)
        if summary.refused:
            parts += (Bullets("Refused", _counts(outcome)),)
        if left_out := _left_out(summary):
            parts += (Bullets("Left out", left_out),)
        if outcome.remarks:
            parts += (Bullets("Notes", outcome.remarks),)
        return [Document(f"Sweep of {title}", parts)]

    return Report(
        documents,
        lambda: {
            "summary": summary.to_dict(),
            "kept": outcome.kept,
            "notes": list(outcome.remarks),
            "rows": rows,
        },
        lambda: rows,
    )


def _with_ends(
    names: list[str], rows: list[dict[str, Any]]
) -> tuple[tuple[str, ...], list[list[str]]]:
    """Return header and cells, the ends of an interval in one cell behind their metric."""
    ends = {metric.key: (metric.end("low"), metric.end("high")) for metric in METRICS}
    folded = {key: pair for key, pair in ends.items() if {key, *pair} <= set(names)}
    hidden = {name for pair in folded.values() for name in pair}
    header: list[str] = []
    cells: list[list[str]] = [[] for _ in rows]
    for name in (name for name in names if name not in hidden):
        header += [name, ENDS] if name in folded else [name]
        for row, line in zip(rows, cells, strict=True):
            line.append(_cell(name, row[name]))
            if name in folded:
                low, high = (row[end] for end in folded[name])
                known = None not in (row[name], low, high)
                line.append(deviation(row[name], (low, high)) if known else "-")
    return tuple(header), cells


def _cell(name: str, value: object) -> str:
    unit = next((unit for suffix, unit in UNITS.items() if name.endswith(suffix)), None)
    if value is None:
        return "-"
    if unit and isinstance(value, float):
        return quantity(value, unit)
    if name == "verdict":
        return in_short(str(value))
    text = number(value) if isinstance(value, float) else str(value)
    return text if len(text) <= CELL else f"{text[: CELL - 3]}..."
