"""What ``measure`` shows at its end: how well the new file predicts what it has not seen."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from fodlam_core.accelerators.load import load_accelerator
from fodlam_core.report import Bullets, Document, Table, Text, table
from fodlam_core.report.report import Report
from fodlam_core.report.units import quantity
from fodlam_core.validation.scores import validate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.measure.found import Found
    from fodlam_core.validation.scores import Validation

SCHEME = "leave-one-network-out"
WIDTH = 100


def report(path: str, found: Found) -> None:
    """Print the errors of every predictor of a file, and what was measured as a whole.

    Raises:
        FodlamError: if the file is not as it should be.
    """
    chip = load_accelerator(path)
    results = validate(chip.points, schemes=[SCHEME])
    blocks: list[Text | Table | Bullets] = [
        Text(
            "Errors of the latency of layers of a network that the predictor had not seen; each "
            "shape counts once."
        ),
        table(
            ("point", "kind", "predictor", "layers", "error", "median", "worst layer"),
            [row for each in results for row in _row(each)],
            "layers, error, median",
        ),
    ]
    whole = list(_wholes(chip, found))
    if whole:
        blocks += [
            Text("Networks measured as a whole, beside the sum of their layers:"),
            table(
                ("point", "network", "batch", "whole", "sum of layers", "more"),
                whole,
                "batch, whole, sum of layers, more",
            ),
        ]
    if found.left:
        blocks.append(Bullets("Left out", [_left(found)]))
    blocks.append(
        Text(
            f"{path} predicts with {chip.predictors[0].name}; use it with: "
            f"fodlam-core run NETWORK --on {path}"
        )
    )
    document = Document(f"{chip.name}: {len(found.layers)} shapes measured", tuple(blocks))
    color = sys.stdout.isatty()
    print(Report(lambda: [document], dict, list).render("table", color=color, width=WIDTH), end="")


def _left(found: Found) -> str:
    return f"{found.left} shapes, for which there was no time; --resume continues with them"


def _row(each: Validation) -> Iterator[tuple[str, ...]]:
    [record] = [record for record in each.records() if record["metric"] == "latency"]
    count = sum(len(fold.layers) for fold in each.folds)
    star = " *" if each.default else ""
    yield (
        each.accelerator.partition("/")[2],
        each.kind,
        each.predictor + star,
        str(count),
        "-" if record["mape"] is None else f"{record['mape']:.1%}",
        "-" if record["median"] is None else f"{record['median']:.1%}",
        record["worst_layer"] or "-",
    )


def _wholes(chip: Accelerator, found: Found) -> Iterator[tuple[str, ...]]:
    rows = {
        (point.name.partition("/")[2], row.network, row.batch, row.layer.key): row
        for point in chip.points
        for row in point.measurements
    }
    for (point, name, batch), (whole, sample) in found.networks.items():
        layers = whole.network.layers
        known = [rows.get((point, name, batch, layer.key)) for layer in layers]
        total: float | None = 0.0
        for layer, row in zip(layers, known, strict=True):
            if row is None or row.latency_s is None or total is None:
                total = None
            else:
                total += row.latency_s * layer.repeat
        more = "-" if not total else f"{sample.median_s / total - 1:+.0%}"
        yield (
            *(point, name, str(batch), quantity(sample.median_s, "s")),
            *(quantity(total or None, "s"), more),
        )
