"""``fodlam-core reproduce``: the published tables from our data, and what disputes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.analyses.reproduction import (
    Check,
    Doubt,
    ReproducedTable,
    Reproduction,
    reproduce,
)
from fodlam_core.cli.common import add_output_arguments, emit, registry_for, warn
from fodlam_core.report.document import Bullets, Document, Lines, Table, Text, table
from fodlam_core.report.escapes import visible
from fodlam_core.report.report import Report
from fodlam_core.report.units import plain

if TYPE_CHECKING:
    import argparse

    from fodlam_core.plugins.registry import Registry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "accelerators",
        nargs="*",
        metavar="ACCELERATOR",
        help="accelerators; by default all with published tables",
    )
    add_output_arguments(parser)


def execute(args: argparse.Namespace) -> int:
    """Print the tables and the disputed cells; a dispute is a finding, not a failure."""
    registry = registry_for(args)
    made = reproduce(registry, args.accelerators)
    warn(made.unreadable)

    def rows() -> list[dict[str, Any]]:
        return [check._asdict() for check in made.checks]

    emit(Report(lambda: _documents(made, registry), made.to_dict, rows), args)
    return 0


def _documents(made: Reproduction, registry: Registry) -> list[Document]:
    return [*(_document(each, registry) for each in made.tables), _findings(made)]


def _document(each: ReproducedTable, registry: Registry) -> Document:
    citation = registry.accelerator(each.accelerator).citation
    # Long names are broken at every word, so that the numbers under them are not cut.
    header = tuple(_narrow(title) for title in each.header)
    rows = [(_narrow(name), *cells) for name, *cells in each.rows]
    return Document(
        f"{each.name}: {each.title} ({each.accelerator}, {citation.key})",
        (Table(header, rows, frozenset(header[1:])),),
    )


def _narrow(name: str) -> str:
    return Lines(visible(name).replace(" ", "\n"))


def _findings(made: Reproduction) -> Document:
    disputed = made.disputed
    count = Text(
        f"{len(made.checks)} checks of printed cells, {len(disputed)} of them disputed: no numbers "
        "that round to those printed satisfy the check"
    )
    cells = table(
        ("cell", "printed", "recomputed", "what is checked"),
        ((_place(each), each.printed, _recomputed(each), each.says) for each in disputed),
        "printed, recomputed",
    )
    doubts = Bullets(
        "Not proven (?)",
        [f"{_place(each)}, {each.printed}: {each.why}" for each in made.unproven],
    )
    parts = (count, *([cells] if disputed else []), *([doubts] if made.unproven else []))
    return Document("Checks", parts)


def _place(cell: Check | Doubt) -> str:
    return f"{cell.accelerator} {cell.table}, {cell.row}, {cell.column}"


def _recomputed(check: Check) -> str:
    relation = {"equal to": "", "at most": "<= ", "at least": ">= "}[check.relation]
    return f"{relation}{plain(check.recomputed)} ({plain(check.low)} to {plain(check.high)})"
