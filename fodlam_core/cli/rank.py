"""``fodlam-core rank``: chips in order of what a network costs on each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.analyses.ranking import LEAST_SHARE, SORTS, Ranked, Ranking, rank
from fodlam_core.cli.common import add_output_arguments, emit, registry_for
from fodlam_core.cli.plot import add_plot_argument, check_plot, extras, plot
from fodlam_core.cli.run import add_config_arguments, overrides_of
from fodlam_core.config.asked import asked_config
from fodlam_core.config.chip_files import chip_file, with_chip_file
from fodlam_core.estimates.columns import WITH_ENDS, costs_with_ends
from fodlam_core.estimates.verdict import FITS
from fodlam_core.plugins import stdout_to_stderr
from fodlam_core.report import Bullets, Document, Text, table
from fodlam_core.report.report import Report
from fodlam_core.report.units import counted, percent, quantity

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from fodlam_core.plugins.registry import Registry

MOST_OTHERS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_config_arguments(parser, one="network")
    parser.add_argument(
        "--sort", choices=SORTS, default="latency", help="what chips are sorted by (latency)"
    )
    parser.add_argument(
        "--points", action="store_true", help="rank every operating point, not the default ones"
    )
    parser.add_argument("--device", metavar="KIND", help="only devices of a kind, such as phone")
    add_output_arguments(parser, "html")
    add_plot_argument(parser)


def execute(args: argparse.Namespace) -> int:
    """Rank the chips."""
    check_plot(args)
    registry = registry_for(args)
    config = asked_config(args.network, registry, overrides_of(args))
    registry, args.on = with_chip_files(registry, args.on or ())
    names = chosen(args, registry)
    with stdout_to_stderr():
        ranking = rank(config, registry, names, args.sort)
    plot(args, lambda: _figures(ranking))
    made = [each.estimate for each in ranking.ranked if each.estimate]
    report = Report(
        lambda: [document(ranking)],
        ranking.to_dict,
        ranking.to_rows,
        lambda: extras(lambda: _figures(ranking), made, [config]),
    )
    emit(report, args)
    return 0


def _figures(ranking: Ranking) -> list[Axes]:
    from fodlam_core.figures.chips import ranking as ranking_figure

    return ranking_figure(ranking)[:1]


def with_chip_files(registry: Registry, on: Sequence[str]) -> tuple[Registry, list[str]]:
    """Return the registry with the chips of data files among what is asked for, and their names."""
    names = []
    for each in on:
        name = each
        if chip_file(each) is not None:
            registry, name, _ = with_chip_file(registry, each)
        names.append(name)
    return registry, names


def chosen(args: argparse.Namespace, registry: Registry) -> list[str]:
    """Return the chips that patterns name, or all; default points unless all are asked for."""
    names = [name for pattern in args.on or ("*",) for name in registry.matching(pattern)]
    if args.points:
        names += [name for pattern in args.on or ("*/*",) for name in _points(registry, pattern)]
    if args.device:
        names = [name for name in names if registry.accelerator(name).device == args.device]
    return list(dict.fromkeys(names))


def _points(registry: Registry, pattern: str) -> list[str]:
    pattern = pattern if "/" in pattern else f"{pattern}/*"
    from fodlam_core.errors import UnknownNameError

    try:
        return registry.matching(pattern)
    except UnknownNameError:
        return []


def document(ranking: Ranking) -> Document:
    """Return the ranking as a document for a person."""
    batch = counted(ranking.batch, "inference")
    macs = quantity(ranking.network.total_macs, "MAC")
    title = f"{ranking.network.name}, {macs}, {batch}, by {ranking.sort}"
    rows = table(
        ("", "chip", "method", *WITH_ENDS, "coverage"),
        (_row(_place(place, each, ranking), each) for place, each in enumerate(ranking.ranked, 1)),
        ", ".join((*WITH_ENDS, "coverage")),
        "coverage, method",
    )
    return Document(title, (rows, *_remarks(ranking)))


def _place(place: int, each: Ranked, ranking: Ranking) -> str:
    """Return the place of a chip, marked if it cannot be told from the best."""
    return f"{place} ~" if each.name in ranking.indistinct else str(place)


def _row(place: str, each: Ranked) -> tuple[str, ...]:
    return (
        place,
        each.name + ("" if each.verdict == FITS else " (!)"),
        each.method + (", rate" if each.is_rate else ""),
        *costs_with_ends(each.amounts, each.interval),
        percent(each.share("latency")),
    )


def _remarks(ranking: Ranking) -> Iterator[Text | Bullets]:
    if not ranking.ranked:
        yield Text(
            f"Of no chip {' and '.join(SORTS[ranking.sort])} of {percent(LEAST_SHARE)} of the MACs "
            f"of {ranking.network.name} is known.",
            warning=True,
        )
    elif ranking.indistinct:
        yield Text(
            f"~ {len(ranking.indistinct)} chips whose intervals of {ranking.sort} overlap with "
            "that of the best: these numbers do not tell them apart"
        )
    if any(each.is_rate for each in ranking.ranked):
        yield Text(
            "rate: one over a measured throughput; a single inference may take longer where "
            "inferences overlap"
        )
    if any(each.method == "datasheet" for each in ranking.ranked):
        yield Text(
            "datasheet: peak rate and bandwidth of a datasheet, which programs do not reach; no "
            "measurement stands behind it"
        )
    doubts = [f"{each.name}: {each.verdict}" for each in ranking.ranked if each.verdict != FITS]
    if doubts:
        yield Bullets("Doubts (!)", doubts)
    if ranking.others:
        shown = ranking.others[:MOST_OTHERS]
        lines = [f"{each.name}: {_too_little(each, ranking.sort)}" for each in shown]
        more = len(ranking.others) - len(shown)
        yield Bullets("Not ranked", [*lines, *([f"... and {more} more"] if more > 0 else [])])


def _too_little(each: Ranked, sort: str) -> str:
    """Say why a chip is not ranked: how much is known of it, and what it refuses."""
    if each.estimate is None:
        return each.verdict
    known = ", ".join(f"{name} of {percent(each.share(name))}" for name in SORTS[sort])
    why = "" if each.verdict == FITS else f"; {each.verdict}"
    return f"{known} of the MACs is known{why}"
