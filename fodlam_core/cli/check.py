"""``fodlam-core check``: a saved result computed again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.analyses.check import Check, check
from fodlam_core.analyses.saved import load_results
from fodlam_core.cli.common import add_output_arguments, emit, registry_for
from fodlam_core.errors import FodlamError
from fodlam_core.plugins import stdout_to_stderr
from fodlam_core.report.document import Document, Text
from fodlam_core.report.report import Report

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "saved",
        nargs="+",
        metavar="SAVED.json",
        help="results saved by run --format json; paths in them are those of that run",
    )
    add_output_arguments(parser)


def execute(args: argparse.Namespace) -> int:
    """Print what changed; exit status 1 if any number did."""
    registry = registry_for(args)
    found: list[tuple[str, Check]] = []
    problems: list[FodlamError] = []
    for path in args.saved:
        try:
            with stdout_to_stderr():
                found += [(path, check(saved, registry)) for saved in load_results(path)]
        except FodlamError as error:
            if args.debug:
                raise
            problems.append(error)
        except RecursionError as error:
            raise FodlamError(f"{path}: nested too deeply") from error
    if problems:
        raise FodlamError(*problems)

    def rows() -> list[dict[str, Any]]:
        return [
            {"saved": path, "network": each.network, **row}
            for path, each in found
            for row in each.differences.to_rows()
        ]

    def data() -> dict[str, Any]:
        return {"rows": [{"saved": path, **each.to_dict()} for path, each in found]}

    emit(Report(lambda: [_document(*each) for each in found], data, rows), args)
    return 0 if all(each.is_same for _, each in found) else 1


def _document(path: str, found: Check) -> Document:
    title = f"{path}: {found.network} ({found.config}), A: as saved, B: now"
    if not found.is_same:
        return found.differences.document(title)
    says = "every number is the same"
    names = [each.name for each in found.differences.inputs]
    if names:
        says += f", though these differ: {', '.join(names)}"
    return Document(title, (Text(says),))
