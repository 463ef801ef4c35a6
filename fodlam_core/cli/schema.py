"""``fodlam-core schema``: the JSON Schema of what a command prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.report.write import write

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "command",
        nargs="*",
        metavar="COMMAND",
        help="the command whose --format json it describes, with its action: rank, chips show "
        "(default: run)",
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="write to FILE")


def execute(args: argparse.Namespace) -> int:
    """Print the schema."""
    import json

    from fodlam_core.analyses.json_schema import json_schema

    write(json.dumps(json_schema(" ".join(args.command) or "run"), indent=2) + "\n", args.output)
    return 0
