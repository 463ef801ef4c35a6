"""Writes how far off predictions for language models are on what they had not seen.

    python tools/accuracy.py [FIGURE]

``language_models/accuracy.csv`` has a row for each set, chip and what was left out together; the
figure has every pair of measured and predicted. Run it after any change of the tables or of the
predictors; a test computes some of the rows again.
"""

from __future__ import annotations

import math
import random
import sys
from collections import defaultdict
from statistics import median, quantiles
from typing import TYPE_CHECKING, NamedTuple

import shared
from fodlam_silicon.catalogue import HERE, index
from fodlam_silicon.point import accelerator
from fodlam_silicon.shared import units
from tables import write_csv

from fodlam_core.validation.pooled import hold_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fodlam_core import Measurement
    from fodlam_core.validation.pooled import HeldOutRuns

Pairs = list[tuple[float, float]]
VIDUR = ("a100-sxm-80gb", "a40", "h100-sxm-80gb")
ROWS = 12


class Case(NamedTuple):
    """Predictions of one kind on one chip, as pairs of measured and predicted.

    Attributes:
        what: what is predicted.
        chip: on what.
        left_out: what was left out together.
        pairs: seconds, or joules.
    """

    what: str
    chip: str
    left_out: str
    pairs: Pairs

    def record(self) -> dict[str, object]:
        """Return the row of the table."""
        off = [abs(predicted / measured - 1) for measured, predicted in self.pairs]
        return {
            "what": self.what,
            "chip": self.chip,
            "left_out": self.left_out,
            "count": len(off),
            "median": f"{median(off):.4f}",
            "p90": f"{quantiles(off, n=10, method='inclusive')[-1]:.4f}",
        }


def every() -> Iterator[Case]:
    """Yield all cases."""
    for chip in VIDUR:
        yield from products(chip)
        yield calibrated(chip)
    yield from kernels()
    for point, bits in (("llamacpp-f16", 16.0), ("llamacpp-q4", 4.9)):
        yield from llamacpp(point, bits)
    for chip in ("h100-sxm-80gb", "b200-sxm"):
        yield from mlenergy(chip)
    yield datasheets()


def products(chip: str) -> Iterator[Case]:
    """Yield single products, and whole blocks without attention, of unseen hidden sizes."""
    pairs = [(measured, predicted) for _, measured, predicted in _folds(chip, "vidur-fp16")]
    yield Case(what="products of blocks (vidur)", chip=chip, left_out="a hidden size", pairs=pairs)
    blocks: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row, measured, predicted in _folds(chip, "vidur-fp16-blocks"):
        block = blocks[row.network, row.layer.name.partition(" ")[2]]
        block[0] += measured
        block[1] += predicted
    found = [(measured, predicted) for measured, predicted in blocks.values()]
    yield Case(
        what="blocks without attention (vidur)", chip=chip, left_out="a hidden size", pairs=found
    )


def _folds(chip: str, point: str) -> list[tuple[Measurement, float, float]]:
    """Return rows of vidur, measured and predicted without models of their hidden size."""
    made, found = accelerator(chip, point), []
    rows = made.measurements
    widths = {
        row.network: row.layer.shape.inputs
        for row in rows
        if row.layer.name.startswith("attn_pre_proj")
    }
    for width in sorted(set(widths.values())):
        fitted = made.predictors[0].fit([row for row in rows if widths[row.network] != width])
        found += [
            (row, row.latency_s, fitted.predict(row.layer, row.batch).latency_s)
            for row in rows
            if widths[row.network] == width
        ]
    return found


def calibrated(chip: str) -> Case:
    """Return products of all other models, from twelve of one model, each model in its turn."""
    made, pairs = accelerator(chip, "vidur-fp16"), []
    rows, predictor = made.measurements, made.predictors[0]
    chance = random.Random(1)  # noqa: S311 - a sample
    for network in sorted({row.network for row in rows}):
        own = [row for row in rows if row.network == network]
        fitted = predictor.fit(chance.sample(own, ROWS))
        pairs += [
            (row.latency_s, fitted.predict(row.layer, row.batch).latency_s)
            for row in rows
            if row.network != network
        ]
    return Case(
        what="products from twelve of one model (vidur)",
        chip=chip,
        left_out="all other models",
        pairs=pairs,
    )


def kernels() -> Iterator[Case]:
    """Yield attention of single tokens, and experts, of the heads and models left out."""
    for chip in ("a100-sxm-80gb", "h100-sxm-80gb", "h200-sxm"):
        point = accelerator(chip, "llm-bf16")
        held = hold_out(point.predictors[0], point)
        assert held is not None
        steps = _of(held, lambda label: "generation" in label)
        yield Case(
            what="decode attention (aiconfigurator)",
            chip=chip,
            left_out="a form of heads",
            pairs=steps,
        )
        experts = _of(held, lambda label: "experts of width" in label)
        if experts:
            yield Case(
                what="experts on one GPU (aiconfigurator)",
                chip=chip,
                left_out="a width",
                pairs=experts,
            )


def _of(held: HeldOutRuns, chosen: Callable[[str], bool]) -> Pairs:
    runs = [run for run in held.runs if chosen(f"{run.group} {run.label}")]
    return [(run.measured.latency_s, run.predicted.latency_s) for run in runs]


def llamacpp(point: str, bits: float) -> Iterator[Case]:
    """Yield steps and prompts of llama.cpp on a GPU that was left out."""
    every, names = {}, {}
    for chip, entry in index().items():
        own = units(entry, bits)
        if point in entry["points"] and own is not None:
            references = accelerator(chip, point).references
            every[chip], names[chip] = shared.runs(references, own), references
    found: dict[tuple[str, str], Pairs] = defaultdict(list)
    for chip, rows in every.items():
        factors = shared.factors(every, chip)
        for (terms, seconds), reference in zip(rows, names[chip], strict=True):
            model, what, _ = reference.network.split(" ")
            predicted = math.fsum(f * t for f, t in zip(factors, terms, strict=True))
            found[model, what].append((seconds, predicted))
    for (model, what), pairs in found.items():
        yield Case(what=f"{what}s of {model} ({point})", chip="GPUs", left_out="a GPU", pairs=pairs)


def mlenergy(chip: str) -> Iterator[Case]:
    """Yield time between tokens and energy of a step of a family that was left out."""
    point = accelerator(chip, "mlenergy-bf16")
    held = hold_out(point.predictors[0], point)
    assert held is not None
    for what, field in (("time per output token", "latency_s"), ("J per token", "energy_j")):
        runs = [(getattr(run.measured, field), getattr(run.predicted, field)) for run in held.runs]
        yield Case(what=f"{what} (ML.ENERGY)", chip=chip, left_out="a family of models", pairs=runs)


def datasheets() -> Case:
    """Return the runs of engines at 16 bits by the datasheet of the GPU alone."""
    pairs = []
    for chip, entry in index().items():
        sheets = [f"datasheet-{name}" for name in ("bf16", "fp16") if name in entry["peaks"]]
        for point in ("llamacpp-f16", "mlenergy-bf16"):
            if point in entry["points"] and sheets:
                sheet = accelerator(chip, sheets[0]).predictors[0].fit(())
                measured = accelerator(chip, point)
                for run in measured.references:
                    layers = measured.networks[run.network].layers
                    costs = (
                        each.repeat * sheet.predict(each, run.batch).latency_s for each in layers
                    )
                    pairs.append((run.latency_s, math.fsum(costs)))
    return Case(
        what="runs of engines by a datasheet", chip="GPUs", left_out="everything", pairs=pairs
    )


def draw(cases: list[Case], path: str) -> None:
    """Draw predicted over measured, a panel for each kind."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    kinds = list(dict.fromkeys(_kind(case) for case in cases))
    figure, axes = plt.subplots(2, -(-len(kinds) // 2), figsize=(13, 6.5), layout="constrained")
    for axis, kind in zip(axes.flat, kinds, strict=False):
        for case in cases:
            if _kind(case) == kind:
                measured, predicted = zip(*case.pairs, strict=True)
                point = case.what.partition("(")[2][:-1]
                label = point if case.chip == "GPUs" and point else case.chip
                axis.loglog(measured, predicted, ".", markersize=2.5, alpha=0.5, label=label)
        ends = axis.get_xlim()
        axis.plot(ends, ends, "k-", linewidth=0.7)
        axis.set(title=kind, xlabel="measured", ylabel="predicted, held out")
        axis.legend(fontsize=6, markerscale=3)
    for axis in list(axes.flat)[len(kinds) :]:
        axis.set_axis_off()
    figure.savefig(path, dpi=80)


def _kind(case: Case) -> str:
    words = case.what.partition(" (")[0]
    return f"{words.partition(' of ')[0]}, llama.cpp" if "llamacpp" in case.what else words


def main() -> None:
    """Write the table, and the figure if one is asked for."""
    cases = list(every())
    rows = [case.record() for case in cases]
    write_csv(HERE / "language_models" / "accuracy.csv", rows, ())
    for row in rows:
        print(*row.values())
    if sys.argv[1:]:
        draw(cases, sys.argv[1])


if __name__ == "__main__":
    main()
