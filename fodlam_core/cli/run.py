"""``fodlam-core run``: the estimate."""

from __future__ import annotations

import argparse
from typing import Any

from fodlam_core.cli.common import add_output_arguments, emit, warn, warn_of_plugins
from fodlam_core.composer import Estimate, prepare
from fodlam_core.config import load_config
from fodlam_core.errors import FodlamError
from fodlam_core.output.report import Report
from fodlam_core.output.write import write
from fodlam_core.registry import Registry, load_registry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "configs",
        nargs="+",
        metavar="CONFIG",
        help="a configuration in TOML or in FODLAM's JSON; - for standard input",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="TABLE.KEY=VALUE",
        help="override a key of the configurations, such as technology.node_nm=28",
    )
    add_output_arguments(parser, "fodlam")


def execute(args: argparse.Namespace) -> int:
    """Estimate every configuration; print nothing unless all can be."""
    registry = load_registry()
    warn_of_plugins(registry)
    estimates, problems = [], []
    for config in args.configs:
        try:
            estimates.append(_estimate(config, args.set, registry))
        except FodlamError as error:
            if args.debug:
                raise
            problems.append(str(error))
    if problems:
        raise FodlamError("\n".join(problems))
    if args.format == "fodlam":
        from fodlam_core.output.fodlam import fodlam_json

        write(fodlam_json(estimates), args.output)
    else:
        emit(_report(estimates), args)
    return 0


def _estimate(source: str, overrides: list[str], registry: Registry) -> Estimate:
    config = load_config(source, registry, overrides)
    warn(config.warnings)
    if config.sweep:
        warn([f"{config.source}: [sweep] is ignored here; fodlam-core sweep goes through it"])
    estimate = prepare(config, registry).estimate()
    warn(estimate.network.notes)
    return estimate


def _report(estimates: list[Estimate]) -> Report:
    def documents() -> list[Any]:
        from fodlam_core.composer.view import estimate_document

        return [estimate_document(each) for each in estimates]

    def data() -> Any:
        records = [each.to_dict() for each in estimates]
        return records[0] if len(records) == 1 else records

    def rows() -> list[dict[str, Any]]:
        return [
            {"config": each.config.source, "network": each.network.name, "batch": each.batch, **row}
            for each in estimates
            for row in each.to_rows()
        ]

    return Report(documents, data, rows)
