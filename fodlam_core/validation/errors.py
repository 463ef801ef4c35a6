"""The errors of a predictor on what it had not seen, as a few numbers."""

from __future__ import annotations

import math
from statistics import correlation, fmean, median
from typing import TYPE_CHECKING

from fodlam_core.model.quantities import METRICS
from fodlam_core.model.stored_fit import CrossValidated
from fodlam_core.validation.by_kind import KINDS, LEAST_RUNS, kind_of
from fodlam_core.validation.half_widths import LEAST_NETWORKS, half_width, total_half_width
from fodlam_core.validation.pooled import BY_NETWORK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.validation.pooled import HeldOutRuns, Run

# Two-sided 90 % quantiles of Student's distribution by degrees of freedom, from 1 on.
STUDENT = (6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895)


def cross_validated(held: HeldOutRuns) -> dict[str, CrossValidated]:
    """Return the errors by quantity, of those that were measured and predicted."""
    found = {}
    for quantity, field, *_ in METRICS:
        every = _errors(held.scheme, held.runs, field)
        if every is not None:
            found[quantity] = every._replace(
                groups=held.groups,
                total_half_width=_total_half_width(held, field),
                kinds=_kinds(held, field, every.half_width),
            )
    return found


def _errors(scheme: str, runs: Sequence[Run], field: str) -> CrossValidated | None:
    ratios = ratios_of(runs, field)
    if not ratios:
        return None
    return CrossValidated(
        scheme=scheme,
        groups=len({run.group for run in runs}),
        runs=len(ratios),
        half_width=width_of([math.log(ratio) for ratio in ratios]),
        mape=fmean(abs(ratio - 1) for ratio in ratios),
        median=median(abs(ratio - 1) for ratio in ratios),
    )


def _kinds(held: HeldOutRuns, field: str, half_width: float) -> dict[str, CrossValidated]:
    """Return the errors of each kind of layer; nothing where only one was measured."""
    found = {}
    for kind in KINDS:
        runs = [run for run in held.runs if kind_of(run.measurement.layer) == kind]
        own = _errors(held.scheme, runs, field)
        if own is not None:
            few = own.runs < LEAST_RUNS
            found[kind] = own._replace(half_width=half_width) if few else own
    return found if len(found) > 1 else {}


def _total_half_width(held: HeldOutRuns, field: str) -> float | None:
    """Return that of whole networks, or of the sums over the layers that were measured of each."""
    if held.scheme != BY_NETWORK:
        return None
    whole = any(run.whole for run in held.runs)
    networks: dict[str, list[tuple[float, float]]] = {}
    for run in held.runs:
        one, other = getattr(run.predicted, field), getattr(run.measured, field)
        if one and other and run.whole == whole:
            networks.setdefault(run.measurement.network, []).append((one, other))
    return total_half_width(networks.values()) if len(networks) >= LEAST_NETWORKS else None


def width_of(logarithms: Sequence[float]) -> float:
    """Return the half-width of a 90 % interval, in logarithms of predicted over measured.

    An order statistic, as `fodlam_core.validation.half_widths` says. Of few runs the greatest may
    be small by chance: then it is at least what Student's t makes of their spread.

    >>> round(width_of([0.1, -0.1, 0.1]), 3), round(width_of([0.1, -0.1] * 10), 3)
    (0.337, 0.1)
    """
    width, count = half_width(abs(each) for each in logarithms), len(logarithms)
    if not 2 <= count <= len(STUDENT) + 1:
        return width
    spread = math.sqrt(fmean(each**2 for each in logarithms))
    return max(width, STUDENT[count - 2] * spread * math.sqrt(1 + 1 / count))


def ratios_of(runs: Sequence[Run], field: str) -> list[float]:
    """Return predicted over measured of each run for which both are known."""
    pairs = [(getattr(run.predicted, field), getattr(run.measured, field)) for run in runs]
    return [one / other for one, other in pairs if one and other]


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Return Spearman's rank correlation, ties having their mean rank; None if undefined.

    >>> rank_correlation([1, 2, 3], [10, 30, 20])
    0.5
    """
    if len(one) < 2 or len(set(one)) < 2 or len(set(other)) < 2:
        return None
    return correlation(_ranks(one), _ranks(other))


def _ranks(values: Sequence[float]) -> list[float]:
    places: dict[float, list[int]] = {}
    for place, value in enumerate(sorted(values)):
        places.setdefault(value, []).append(place)
    return [(places[value][0] + places[value][-1]) / 2 for value in values]
