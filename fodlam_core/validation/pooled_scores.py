"""Rows of ``validate`` for predictors that are fitted to all that a chip has measured.

They have their own way to hold out (see `pooled`) and hold out whole networks too, so a chip that
is known by whole networks only has a row. The measured coverage is that of the intervals that the
errors on all other groups give, beside the layer's fit: cross-conformal (V. Vovk, "Cross-conformal
predictors", Annals of Mathematics and Artificial Intelligence 74, 2015).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fodlam_core.model.quantities import METRICS
from fodlam_core.validation.coverage import Covered
from fodlam_core.validation.folds import Fold
from fodlam_core.validation.half_widths import half_width
from fodlam_core.validation.held_out import FoldResult, HeldOut
from fodlam_core.validation.pooled import hold_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.predictors import Predictor
    from fodlam_core.validation.pooled import HeldOutRuns, Run

ALL_KINDS = "all"


def pooled_results(
    predictor: Predictor, accelerator: Accelerator
) -> tuple[str, list[FoldResult], dict[str, Covered]]:
    """Return the scheme, each fold, predicted, and how often intervals hold, by quantity.

    Without folds, and with the scheme empty, if there is only one group to hold out.
    """
    held = hold_out(predictor, accelerator)
    if held is None:
        return "", [], {}
    return held.scheme, _folds(held), cross_conformal(held.runs)


def _folds(held: HeldOutRuns) -> list[FoldResult]:
    results = []
    for number in sorted(set(held.fold_of.values())):
        groups = [group for group, fold in held.fold_of.items() if fold == number]
        others = tuple(group for group, fold in held.fold_of.items() if fold != number)
        runs = [run for run in held.runs if held.fold_of[run.group] == number]
        rows = tuple(run.measurement for run in runs)
        layers = tuple(HeldOut(run.measurement, run.predicted) for run in runs)
        results.append(FoldResult(Fold(", ".join(groups), others, rows, ()), layers, ()))
    if held.refused:
        note = f"{len(held.refused)} that it refuses are not counted, such as {held.refused[0]}"
        results[0] = results[0]._replace(notes=(note,))
    return results


def cross_conformal(runs: Sequence[Run]) -> dict[str, Covered]:
    """Return by quantity how many runs lie within the errors on all groups but their own."""
    found = {}
    for name, field, *_ in METRICS:
        missed: dict[str, list[float]] = {}
        for run in runs:
            one, other = (getattr(cost, field) for cost in (run.predicted, run.measured))
            if one and other:
                missed.setdefault(run.group, []).append(abs(math.log(one / other)))
        inside = 0
        ends: list[tuple[float, float]] = []
        for group, own in missed.items():
            others = [each for key, every in missed.items() if key != group for each in every]
            if others:
                width = half_width(others)
                inside += sum(each <= width for each in own)
                ends += [(math.exp(-width), math.exp(width))] * len(own)
        found[name] = Covered(inside, len(ends), tuple(ends))
    return found
