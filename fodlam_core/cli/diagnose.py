"""``fodlam-core diagnose``: cost per MAC of every measured layer, and the averages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.analyses.per_mac import CostPerMac, diagnose, diagnosis_record
from fodlam_core.cli.common import add_output_arguments, emit, registry_for
from fodlam_core.report.document import Document, Text, table
from fodlam_core.report.report import Report
from fodlam_core.report.units import quantity

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "--batch",
        choices=("published", "1"),
        default="published",
        help="published: costs as printed, for 3 or 4 images, over the MACs of one, as FODLAM "
        "has it (default); 1: costs of one image",
    )
    add_output_arguments(parser)


def execute(args: argparse.Namespace) -> int:
    """Print the diagnosis."""
    registry = registry_for(args)
    costs = diagnose(registry, args.batch)
    emit(
        Report(
            lambda: [_document(costs, args.batch)],
            lambda: diagnosis_record(costs),
            lambda: [
                {
                    "network": each.network or "average",
                    "layer": each.layer,
                    "kind": each.kind,
                    "accelerator": each.accelerator,
                    "latency_s_per_mac": each.latency_s,
                    "energy_j_per_mac": each.energy_j,
                }
                for each in costs
            ],
        ),
        args,
    )
    return 0


def _document(costs: list[CostPerMac], batch: str) -> Document:
    averages = {each.kind: each for each in costs if each.network is None}
    header = ("network", "layer", "kind", "accelerator", "batch", "latency/MAC")
    rows = [
        (
            each.network or "average",
            each.layer or "-",
            each.kind,
            each.accelerator,
            " or ".join(map(str, each.batches)),
            quantity(each.latency_s, "s"),
            _ratio(each.latency_s, averages[each.kind].latency_s),
            quantity(each.energy_j, "J"),
            _ratio(each.energy_j, averages[each.kind].energy_j),
        )
        for each in costs
    ]
    if batch == "published":
        note = Text(
            "Costs as printed, for a batch of 3 or 4 images where the table says so, over the "
            "MACs of one image; --batch 1 gives costs of one image.",
            warning=True,
        )
    else:
        note = Text("Costs of one image: the printed costs divided by the measured batch.")
    return Document(
        "Cost per MAC of every measured layer at 65 nm, and relative to the average",
        (
            note,
            table(
                (*header, "relative", "energy/MAC", "relative"),
                rows,
                "batch, latency/MAC, relative, energy/MAC",
                "accelerator, batch, kind",
            ),
        ),
    )


def _ratio(one: float | None, other: float | None) -> str:
    return "-" if one is None or not other else f"{one / other:.2f}"
