"""``fodlam-core diff``: which input changed which number, from two saved results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.analyses.diff import differences
from fodlam_core.analyses.saved import load_result
from fodlam_core.cli.common import add_output_arguments, emit
from fodlam_core.errors import FodlamError
from fodlam_core.report.report import Report

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    for name in ("a", "b"):
        parser.add_argument(
            name, metavar=f"{name.upper()}.json", help="a result saved by run --format json"
        )
    parser.add_argument(
        "--exit-code", action="store_true", help="exit with status 1 if anything differs"
    )
    add_output_arguments(parser)


def execute(args: argparse.Namespace) -> int:
    """Print the differences, which are a failure only with ``--exit-code``."""
    try:
        found = differences(load_result(args.a), load_result(args.b))
    except RecursionError as error:
        raise FodlamError(f"{args.a}, {args.b}: nested too deeply") from error
    title = f"A: {args.a}, B: {args.b}"
    emit(Report(lambda: [found.document(title)], found.to_dict, found.to_rows), args)
    return 1 if args.exit_code and not found.is_empty else 0
