"""``fodlam-core diff``: which input changed which number, from two saved results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.analyses.diff import Differences, NumberDifference, differences
from fodlam_core.analyses.saved import load_result
from fodlam_core.cli.common import add_output_arguments, emit
from fodlam_core.errors import FodlamError
from fodlam_core.report import Document, Table, Text, table
from fodlam_core.report.report import Report
from fodlam_core.report.units import quantity

if TYPE_CHECKING:
    import argparse

UNITS = {"s": "s", "j": "J", "w": "W"}


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
    document = Document(f"A: {args.a}, B: {args.b}", difference_blocks(found))
    emit(Report(lambda: [document], found.to_dict, lambda: difference_rows(found)), args)
    return 1 if args.exit_code and any(found) else 0


def difference_rows(found: Differences) -> list[dict[str, Any]]:
    """Return a flat row for each number that differs."""
    return [{**each._asdict(), "because": "; ".join(each.because)} for each in found.numbers]


def difference_blocks(found: Differences) -> tuple[Text | Table, ...]:
    """Return what differs for a person: inputs, then numbers."""
    if not found.inputs and not found.numbers:
        return (Text("no input and no number differs"),)
    inputs = table(
        ("input", "A", "B"), ((each.name, _show(each.a), _show(each.b)) for each in found.inputs)
    )
    numbers = table(
        ("where", "number", "A", "B", "B/A", "because of"),
        map(_row, found.numbers),
        "A, B, B/A",
    )
    return (
        inputs if found.inputs else Text("no input differs"),
        numbers if found.numbers else Text("no number differs"),
    )


def _row(each: NumberDifference) -> tuple[str, ...]:
    what, _, symbol = each.number.rpartition("_")
    unit = UNITS[symbol]
    return (
        each.name if each.scope == "layer" or each.name == "total" else f"total {each.name}",
        what.replace("_", " ").replace("dram", "DRAM"),
        quantity(each.a, unit),
        quantity(each.b, unit),
        "-" if each.ratio is None else f"{each.ratio:.4g}",
        ", ".join(each.because) or "no known input",
    )


def _show(value: Any) -> str:
    return "-" if value is None else str(value)
