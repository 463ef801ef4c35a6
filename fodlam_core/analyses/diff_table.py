"""What two results do not share, as a person reads it: inputs, then numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.model.quantities import UNITS
from fodlam_core.report.document import Table, Text, table
from fodlam_core.report.units import number, quantity

if TYPE_CHECKING:
    from fodlam_core.analyses.diff import Differences, NumberDifference


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
    unit = UNITS[f"_{symbol}"]
    return (
        each.name if each.scope == "layer" or each.name == "total" else f"total {each.name}",
        what.replace("_", " ").replace("dram", "DRAM"),
        quantity(each.a, unit),
        quantity(each.b, unit),
        number(each.ratio),
        ", ".join(each.because) or "no known input",
    )


def _show(value: Any) -> str:
    return "-" if value is None else str(value)
