"""``fodlam-core rank``: chips in order of what a network costs on each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.analyses.known_chips import are_chips, chosen_chips
from fodlam_core.analyses.ranked import SORTS
from fodlam_core.analyses.ranking import rank
from fodlam_core.cli.common import add_output_arguments, emit, registry_for
from fodlam_core.cli.plot import add_plot_argument, check_plot, extras, plot
from fodlam_core.cli.run import add_config_arguments, overrides_of
from fodlam_core.config.asked import asked_config, with_chip_files
from fodlam_core.errors import FodlamError
from fodlam_core.plugins import stdout_to_stderr
from fodlam_core.report.report import Report

if TYPE_CHECKING:
    import argparse


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
    registry, args.on = with_chip_files(registry, args.on)
    names = chosen_chips(registry, args.on, points=args.points, device=args.device)
    best = not args.points and are_chips(args.on)
    with stdout_to_stderr():
        ranking = rank(config, registry, names, args.sort, best=best)
    if ranking.ranked:
        plot(args, lambda: ranking.plot.chips()[:1])
    made = [each.estimate for each in ranking.ranked if each.estimate]
    report = Report(
        documents=lambda: [ranking.document()],
        data=ranking.to_dict,
        rows=ranking.to_rows,
        extras=lambda: extras(args, lambda: ranking.plot.chips()[:1], made, [config]),
    )
    emit(report, args)
    if args.plot is not None and not ranking.ranked:
        raise FodlamError(f"--plot {args.plot}: no chip is ranked, and there is nothing to draw")
    return 0
