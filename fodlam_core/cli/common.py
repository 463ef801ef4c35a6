"""What several commands share: output options, and messages on standard error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from fodlam_core.output.report import FORMATS, Report
from fodlam_core.output.write import write
from fodlam_core.registry import Registry


def add_output_arguments(parser: argparse.ArgumentParser, *more_formats: str) -> None:
    """Add ``--format`` and ``--output``."""
    parser.add_argument(
        "-f",
        "--format",
        choices=(*FORMATS, *more_formats),
        default="table",
        help="form of the output (default: table)",
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write to FILE, which is replaced only once done"
    )


def emit(report: Report, args: argparse.Namespace) -> None:
    """Write a report as the output arguments say."""
    color, width = False, 100
    if args.format == "table" and args.output is None:
        import shutil

        color = sys.stdout.isatty()
        width = shutil.get_terminal_size((100, 24)).columns
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="replace")  # a terminal may know ASCII only
    write(report.render(args.format, color, width), args.output)


def warn(messages: Iterable[str]) -> None:
    """Print warnings on standard error."""
    for message in messages:
        print(f"warning: {message}", file=sys.stderr)


def warn_of_plugins(registry: Registry) -> None:
    """Print on standard error which plugins cannot be used."""
    warn(registry.broken())
    warn(registry.conflicts.values())
