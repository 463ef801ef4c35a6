"""Rows of ``validate`` for predictors that are fitted to all that a chip has measured.

They have their own way to hold out (see `pooled`) and hold out whole networks too, so a chip that
is known by whole networks only has a row. The measured coverage is that of the intervals that the
errors on all other groups give, besides the layer's fit: cross-conformal (V. Vovk, "Cross-conformal
predictors", Annals of Mathematics and Artificial Intelligence 74, 2015).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.model.quantities import METRICS
from fodlam_core.validation.by_kind import KINDS, LEAST_RUNS, kind_of
from fodlam_core.validation.coverage import Covered
from fodlam_core.validation.folds import Fold
from fodlam_core.validation.half_widths import half_width
from fodlam_core.validation.held_out import FoldResult, HeldOut
from fodlam_core.validation.pooled import hold_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.stored_fit import CrossValidated
    from fodlam_core.predictors import Predictor
    from fodlam_core.validation.pooled import HeldOutRuns, Run

ALL_KINDS = "all"


class PooledResult(NamedTuple):
    """What was held out of layers of all kinds, or of one of `by_kind.KINDS`.

    Attributes:
        kind: ``"all"``, or the kind.
        scheme: how it was held out; empty if there is only one group.
        folds: each fold, predicted.
        covered: how often intervals hold, by quantity.
        stored: errors that came with the chip, by quantity, where nothing can be held out here.
    """

    kind: str = ALL_KINDS
    scheme: str = ""
    folds: tuple[FoldResult, ...] = ()
    covered: Mapping[str, Covered] = {}
    stored: Mapping[str, CrossValidated] = {}


def pooled_results(predictor: Predictor, accelerator: Accelerator) -> list[PooledResult]:
    """Return what was held out of all layers, and of each kind where there are several.

    Of a chip that knows whole networks without their layers, what came with it.
    """
    held = hold_out(predictor, accelerator)
    if held is None:
        known = accelerator.cross_validated.get(predictor.name)
        return stored_results(known) if known else [PooledResult()]
    found = {
        kind: [run for run in held.runs if kind_of(run.measurement.layer) == kind] for kind in KINDS
    }
    parts = found if all(found.values()) else {}
    return [
        PooledResult(
            kind=kind,
            scheme=held.scheme,
            folds=tuple(_folds(part)),
            covered=cross_conformal(runs, held.runs),
        )
        for kind, runs in ((ALL_KINDS, held.runs), *parts.items())
        for part in [held if kind == ALL_KINDS else _only(held, runs)]
    ]


def stored_results(known: Mapping[str, CrossValidated]) -> list[PooledResult]:
    """Return the errors that came with a chip, of all layers and of each kind."""
    every = {ALL_KINDS: known}
    for kind in KINDS:
        own = {name: each.kinds[kind] for name, each in known.items() if kind in each.kinds}
        every |= {kind: own} if own else {}
    return [
        PooledResult(kind=kind, scheme=next(iter(errors.values())).scheme, stored=errors)
        for kind, errors in every.items()
    ]


def _only(held: HeldOutRuns, runs: Sequence[Run]) -> HeldOutRuns:
    """Return the same of some of its runs."""
    groups = {run.group for run in runs}
    fold_of = {group: fold for group, fold in held.fold_of.items() if group in groups}
    return held._replace(runs=tuple(runs), fold_of=fold_of, refused=(), groups=len(groups))


def _folds(held: HeldOutRuns) -> list[FoldResult]:
    results = []
    for number in sorted(set(held.fold_of.values())):
        groups = [group for group, fold in held.fold_of.items() if fold == number]
        others = tuple(group for group, fold in held.fold_of.items() if fold != number)
        runs = [run for run in held.runs if held.fold_of[run.group] == number]
        rows = tuple(run.measurement for run in runs)
        layers = tuple(HeldOut(run.measurement, run.predicted) for run in runs)
        results.append(
            FoldResult(
                Fold(held_out=", ".join(groups), trained_on=others, held=rows, training=()),
                layers,
                (),
            )
        )
    results = [each for each in results if each.layers] or results
    if held.refused:
        note = f"{len(held.refused)} that it refuses are not counted, such as {held.refused[0]}"
        results[0] = results[0]._replace(notes=(note,))
    return results


def cross_conformal(runs: Sequence[Run], every: Sequence[Run] | None = None) -> dict[str, Covered]:
    """Return by quantity how many runs lie within the errors on all groups but their own.

    Args:
        runs: those that are judged.
        every: those whose errors make the intervals; by default the same.
    """
    found = {}
    for name, field, *_ in METRICS:
        known = _missed(runs if every is None else every, field)
        apart = len({each.kind for each in known if each.kind}) > 1
        inside = 0
        ends: list[tuple[float, float]] = []
        widths: dict[tuple[str, str], float | None] = {}
        for each in _missed(runs, field):
            key = each.group, each.kind if apart else ""
            if key not in widths:
                widths[key] = _width(known, *key)
            width = widths[key]
            if width is not None:
                inside += each.by <= width
                ends.append((math.exp(-width), math.exp(width)))
        found[name] = Covered(inside, len(ends), tuple(ends))
    return found


class _Missed(NamedTuple):
    group: str
    kind: str
    by: float


def _missed(runs: Sequence[Run], field: str) -> list[_Missed]:
    """Return what each run was missed by, as a logarithm."""
    return [
        _Missed(run.group, kind_of(run.measurement.layer), abs(math.log(one / other)))
        for run in runs
        for one, other in [(getattr(run.predicted, field), getattr(run.measured, field))]
        if one and other
    ]


def _width(known: Sequence[_Missed], group: str, kind: str) -> float | None:
    """Return the half-width for a group: by its kind, where enough of that is in other groups."""
    others = [each for each in known if each.group != group]
    alike = [each for each in others if each.kind == kind]
    chosen = alike if kind and len(alike) >= LEAST_RUNS else others
    return half_width(each.by for each in chosen) if chosen else None
