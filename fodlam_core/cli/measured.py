"""What ``measure`` shows at its end: how well the new file predicts what it has not seen."""

from __future__ import annotations

import math
import shutil
import sys
from statistics import fmean, median
from typing import TYPE_CHECKING

import attrs

from fodlam_core.accelerators.load import load_accelerator
from fodlam_core.cli.common import WIDTH
from fodlam_core.errors import PredictionError
from fodlam_core.estimates.figures import PER_ELEMENT
from fodlam_core.predictors.per_element import PerElement
from fodlam_core.report.document import Bullets, Document, Table, Text, table
from fodlam_core.report.report import Report
from fodlam_core.report.units import counted, percent, quantity
from fodlam_core.validation.scores import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.measure.found import Found
    from fodlam_core.model.costs import Measurement
    from fodlam_core.model.layers import Layer, Network
    from fodlam_core.model.pass_measurement import PassMeasurement
    from fodlam_core.validation.scores import Validation

SCHEME = "leave-one-network-out"


def report(path: str, found: Found) -> None:
    """Print the errors of every predictor of a file, and what was measured as a whole.

    Raises:
        FodlamError: if the file is not as it should be.
    """
    chip = load_accelerator(path)
    results = validate(chip.points, schemes=[SCHEME])
    blocks: list[Text | Table | Bullets] = [
        Text(
            "Errors of the latency of layers of a network that the predictor had not seen, and of "
            "operators without MACs of a size that it had not; each shape counts once."
        ),
        table(
            ("point", "kind", "predictor", "layers", "error", "median", "worst layer"),
            [*map(_row, results), *_operators(chip)],
            "layers, error, median",
        ),
    ]
    whole = list(_wholes(chip, found))
    if whole:
        blocks += [
            Text(
                "Networks measured as a whole, the sum of their layers, and the prediction from "
                "layers of other shapes only; those of files include their other operators:"
            ),
            table(
                ("point", "network", "batch", "whole", "layers", "off", "predicted", "off"),
                whole,
                "batch, whole, layers, off, predicted",
            ),
        ]
    bare = {name for (_, name, _), (each, _) in found.networks.items() if not each.network.layers}
    if bare:
        blocks.append(
            Bullets("Not compared; their files have their layers, name them again", sorted(bare))
        )
    if found.left:
        left = f"for lack of time {found.left} shapes and operators; --resume continues with them"
        blocks.append(Bullets("Left out", [left]))
    blocks.append(
        Text(
            f"{path} predicts with {chip.predictors[0].name}; use it with: "
            f"fodlam-core run NETWORK --on {path}"
        )
    )
    document = Document(f"{chip.name}: {_counts(found)} measured", tuple(blocks))
    color = sys.stdout.isatty()
    width = shutil.get_terminal_size((WIDTH, 24)).columns
    print(Report(lambda: [document], dict, list).render("table", color=color, width=width), end="")


def _counts(found: Found) -> str:
    """Return how much there is of what was measured, as ``2 shapes, 1 operator``."""
    every = (
        (found.layers, "shape"),
        (found.operators, "operator"),
        (found.networks, "whole network"),
    )
    return ", ".join(counted(len(each), noun) for each, noun in every if each)


def _row(each: Validation) -> tuple[str, ...]:
    [record] = [record for record in each.records() if record["metric"] == "latency"]
    count = sum(len(fold.layers) for fold in each.folds)
    star = " *" if each.default else ""
    return (
        each.accelerator.partition("/")[2],
        each.kind,
        each.predictor + star,
        str(count),
        percent(record["mape"]),
        percent(record["median"]),
        record["worst_layer"] or "-",
    )


def _operators(chip: Accelerator) -> Iterator[tuple[str, ...]]:
    """Give the errors of operators without MACs, each row left out of its own fit."""
    for point in chip.points:
        errors = [abs(math.expm1(-each)) for each in PerElement(point.operators).residuals()]
        if errors:
            mean, middle = percent(fmean(errors)), percent(median(errors))
            name = point.name.partition("/")[2]
            yield name, "operators", PER_ELEMENT, str(len(errors)), mean, middle, "-"


def _wholes(chip: Accelerator, found: Found) -> Iterator[tuple[str, ...]]:
    points = {point.name.partition("/")[2]: point for point in chip.points}
    for (point, name, batch), (whole, sample) in found.networks.items():
        if not whole.network.layers:
            continue
        rows = [row for row in points[point].measurements if row.batch == batch]
        operators = [row for row in points[point].operators if row.batch == batch]
        own = {attrs.evolve(each, count=1) for each in whole.network.memory_passes}
        others = [row for row in operators if row.what not in own]
        sum_of_layers = _total(whole.network, _by_key(rows, name), operators, batch)
        unseen = _total(whole.network, _unseen(chip, rows, whole.network), others, batch)
        yield (
            *(point, name, str(batch), quantity(sample.median_s, "s")),
            *(quantity(sum_of_layers, "s"), _off(sum_of_layers, sample.median_s)),
            *(quantity(unseen, "s"), _off(unseen, sample.median_s)),
        )


def _by_key(rows: Iterable[Measurement], network: str) -> Callable[[Layer], float | None]:
    """Return what looks up the layers of a network."""
    known = {row.layer.key: row.latency_s for row in rows if row.network == network}
    return lambda layer: known.get(layer.key)


def _unseen(
    chip: Accelerator, rows: Iterable[Measurement], network: Network
) -> Callable[[Layer], float | None]:
    """Return what predicts a network from rows of shapes that it does not have."""
    own = {layer.shape for layer in network.layers}
    rest = [row for row in rows if row.calibration and row.layer.shape not in own]
    try:
        fitted = chip.predictors[0].fit(rest)
    except PredictionError:
        return lambda _: None
    batch = rest[0].batch

    def latency(layer: Layer) -> float | None:
        try:
            return fitted.predict(layer, batch).latency_s
        except PredictionError:  # such as of a layer whose shape is not known
            return None

    return latency


def _total(
    network: Network,
    latency: Callable[[Layer], float | None],
    operators: Iterable[PassMeasurement],
    batch: int,
) -> float | None:
    """Return the sum over the layers, and the operators without MACs that are known.

    None if a layer is not known, or no layer is.
    """
    parts = [(latency(layer), layer.repeat) for layer in network.layers]
    known = [part * repeat for part, repeat in parts if part is not None]
    charges = PerElement(operators).charge(network.memory_passes, batch)
    costs = (each.cost.latency_s for each in charges if each.cost is not None)
    beside = batch * sum(each for each in costs if each is not None)
    return sum(known) + beside if parts and len(known) == len(parts) else None


def _off(value: float | None, whole: float) -> str:
    return "-" if not value else f"{100 * (value / whole - 1):+.0f} %"
