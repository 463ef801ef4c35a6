"""``fodlam-core compare``: one configuration under several choices, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.analyses.choices import ALL, variants
from fodlam_core.analyses.comparison import compare, compared_network
from fodlam_core.analyses.comparison_table import comparison_document
from fodlam_core.cli.common import (
    WIDTH,
    add_output_arguments,
    chosen_format,
    emit,
    output_width,
    registry_for,
    warn,
)
from fodlam_core.cli.plot import add_plot_argument, check_plot, extras, plot
from fodlam_core.cli.run import add_config_arguments
from fodlam_core.config.asked import asked_config
from fodlam_core.config.chip_files import files_in_config, with_files
from fodlam_core.errors import ConfigError, FodlamError
from fodlam_core.plugins import stdout_to_stderr
from fodlam_core.report.report import Report

if TYPE_CHECKING:
    import argparse


MOST_NAMES = 3
CHOICES = {
    "scaler": "scaling rules to compare, or all (the default if nothing else is compared)",
    "accelerator": "accelerators to compare, each for every kind of layer that it serves; names, "
    "patterns, or all",
    "predictor": "predictors to compare, on every layer as if none had been published, or all",
    "batch": "batches to compare: numbers, or published",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_config_arguments(parser, one="config", short=False)
    for what, help in CHOICES.items():
        parser.add_argument(f"--{what}", metavar="NAME,...", help=help)
    parser.add_argument("--node", metavar="NM", help="process node: technology.node_nm")
    add_output_arguments(parser, "html")
    add_plot_argument(parser)


def execute(args: argparse.Namespace) -> int:
    """Print a row for each combination of choices."""
    check_plot(args)
    registry = registry_for(args)
    node = [] if args.node is None else [f"technology.node_nm={args.node}"]
    config = asked_config(args.config, registry, [*args.set, *node])
    warn(config.warnings)
    asked = {what: getattr(args, what) for what in CHOICES if getattr(args, what) is not None}
    names = {
        what: [name.strip() for name in text.split(",")]
        for what, text in (asked or {"scaler": ALL}).items()
    }
    with stdout_to_stderr():  # a rule that prints must not spoil the data
        network = compared_network(config, registry)
        try:
            known, _ = with_files(registry, files_in_config(config.accelerator))
            chosen = variants(config, network, known, names)
        except ValueError as error:
            what = str(error).removeprefix("batch: ")
            raise ConfigError([f"--batch {args.batch}: {what}"]) from error
        comparison = compare(config, chosen, registry, network)
    plot(args, lambda: comparison.plot.choices()[:1])
    made = [each.estimate for each in comparison.outcomes if each.estimate]
    most_names = MOST_NAMES if chosen_format(args) == "table" else None
    width = min(WIDTH, output_width(args))
    emit(
        Report(
            documents=lambda: [comparison_document(comparison, most_names, width)],
            data=comparison.to_dict,
            rows=comparison.to_rows,
            extras=lambda: extras(args, lambda: comparison.plot.choices()[:1], made, [config]),
        ),
        args,
    )
    mistakes = [
        each for outcome in comparison.outcomes if outcome.mistaken for each in outcome.problems
    ]
    if mistakes and not any(ALL in each for each in names.values()):
        raise FodlamError(*mistakes)
    return 0
