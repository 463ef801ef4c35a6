"""``fodlam-core cite``: the publications that a result rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.analyses.citations import Cited, cited
from fodlam_core.cli.common import registry_for, warn
from fodlam_core.cli.run import add_config_arguments, estimates
from fodlam_core.report.escapes import visible
from fodlam_core.report.report import as_json
from fodlam_core.report.write import write

if TYPE_CHECKING:
    import argparse

FORMATS = ("bibtex", "json", "text")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_config_arguments(parser)
    parser.add_argument(
        "-f",
        "--format",
        choices=FORMATS,
        default="bibtex",
        help="form of the output (default: bibtex)",
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write to FILE, which is replaced only once done"
    )


def execute(args: argparse.Namespace) -> int:
    """Print each publication once; say on standard error what names none."""
    registry = registry_for(args)
    publications, missing = cited(estimates(args, registry), registry)
    warn(missing)
    if args.format == "json":
        text = as_json([each.to_dict() for each in publications])
    elif args.format == "text":
        text = "".join(map(_line, publications))
    else:
        text = "\n".join(each.citation.bibtex.strip() + "\n" for each in publications)
    write(visible(text, keep="\n\t"), args.output)
    return 0


def _line(each: Cited) -> str:
    where = f", {', '.join(each.where)}" if any(each.where) else ""
    return f"[{each.citation.key}] {each.citation.text}{where} ({'; '.join(each.uses)})\n"
