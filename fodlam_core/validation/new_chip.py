"""A chip of few measured networks, calibrated with what chips that behave alike tell of it.

One to five networks do not tell the coefficients of six terms. Those of other chips, scaled to what
was measured and averaged over the chips that fit best, fill in what is missing; see
`fodlam_core.predictors.donors`. How far off the outcome is cannot be learnt from the chip itself.
So each of the other chips takes its place: it is calibrated from as few of its networks, by the
chips that are left, and the networks of further families are predicted, which no chip had seen.
"""

from __future__ import annotations

import math
from statistics import fmean, median
from typing import TYPE_CHECKING

import attrs

from fodlam_core.errors import PredictionError
from fodlam_core.model.stored_fit import CrossValidated
from fodlam_core.predictors.donors import Coefficients
from fodlam_core.predictors.linear import Linear
from fodlam_core.validation.half_widths import half_width
from fodlam_core.validation.pooled import predict_network
from fodlam_core.validation.sampling import dealt

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.model.whole_network import Reference

FEWEST_NETWORKS = 6
"""Of a chip that tells something of others: as many networks as there are terms."""
FEWEST_CHIPS = 3
FOLDS = 4
MOST_TRIED = 60
"""Points that take the place of the new one, so that it takes seconds."""
SCHEME = "leave-chips-out"


def calibrated(
    chip: Accelerator, others: Sequence[Accelerator], terms: Sequence[str] = ("networks",)
) -> Accelerator:
    """Return a chip with a predictor of its latency that other chips are a prior for.

    Args:
        chip: has `references` to be calibrated from, and the layers of their `networks`.
        others: chips, or operating points of some, that behave alike: CPUs for a CPU, runs of
            the same kind of software. Those of fewer than six networks are left out.
        terms: some of `fodlam_core.predictors.terms.SETS`; the one with the least error is taken.

    Returns:
        The chip with `linear` as its predictor, and the error of that in `cross_validated`.

    Raises:
        PredictionError: if no latency of the chip can be calibrated from, or fewer than three
            other chips tell something.
    """
    own = [each.network for each in _known(chip)]
    if not own:
        raise PredictionError(f"{chip.name}: has no measured network whose layers are known")
    points = well_known([each for each in others if _chip(each) != _chip(chip)])
    errors = {each: _errors(own, points, each) for each in dict.fromkeys(terms)}
    best = min(errors, key=lambda each: errors[each].mape)
    donors = tuple(_coefficients(each, best, ()) for each in points)
    return attrs.evolve(
        chip,
        predictors=(Linear(best, donors),),
        references=[attrs.evolve(each, energy_j=None) for each in _known(chip)],
        cross_validated={Linear.name: {"latency": errors[best]}},
        fits={},
    )


def well_known(chips: Sequence[Accelerator]) -> list[Accelerator]:
    """Return those chips that are known by networks enough to tell something of others.

    Raises:
        PredictionError: if they are fewer than three.
    """
    found = [each for each in chips if len(_known(each)) >= FEWEST_NETWORKS]
    count = len({_chip(each) for each in found})
    if count < FEWEST_CHIPS:
        raise PredictionError(
            f"of the chips that are a prior {count} are known by {FEWEST_NETWORKS} networks or "
            f"more; name at least {FEWEST_CHIPS} such"
        )
    return found


def _known(chip: Accelerator) -> list[Reference]:
    """Return the measured networks that a predictor can be fitted to."""
    return [
        each
        for each in chip.references
        if each.calibration and each.latency_s and each.network in chip.networks
    ]


def _chip(point: Accelerator) -> str:
    return point.name.partition("/")[0]


def _family(chip: Accelerator, network: str) -> str:
    return chip.families.get(network, network)


def _coefficients(point: Accelerator, terms: str, without: Collection[str]) -> Coefficients:
    """Return the coefficients of a chip, fitted without some families of networks."""
    kept = [each for each in _known(point) if _family(point, each.network) not in without]
    return Coefficients.of(Linear(terms).fit((), kept, point.networks))


def _errors(own: Sequence[str], points: Sequence[Accelerator], terms: str) -> CrossValidated:
    """Return how far off other chips are in the place of one of these networks."""
    found = in_its_place(own, points, terms)
    logarithms = [each for every in found.values() for each in every]
    missed = [abs(math.exp(each) - 1) for each in logarithms]
    return CrossValidated(
        scheme=SCHEME,
        groups=len({name.partition("/")[0] for name in found}),
        runs=len(logarithms),
        half_width=half_width(map(abs, logarithms)),
        mape=fmean(missed),
        median=median(missed),
    )


def in_its_place(
    own: Sequence[str], points: Sequence[Accelerator], terms: str, most: int = MOST_TRIED
) -> dict[str, list[float]]:
    """Return logarithms of predicted over measured of other chips in the place of a new one.

    Args:
        own: the networks that each is calibrated from; others where it lacks one.
        points: the chips, each of which has all others as its prior.
        terms: one of `fodlam_core.predictors.terms.SETS`.
        most: so many points are tried.

    Returns:
        By name of the point, what families missed that no chip had seen.
    """
    families = {_family(each, row.network) for each in points for row in _known(each)}
    fold_of = dealt(families, FOLDS)
    order = dealt((each.name for each in points), len(points))
    tried = sorted(points, key=lambda each: order[each.name])[:most]
    found: dict[str, list[float]] = {each.name: [] for each in tried}
    for fold in range(FOLDS):
        hidden = {family for family, number in fold_of.items() if number == fold}
        donors = {each.name: _coefficients(each, terms, hidden) for each in points}
        for point in tried:
            alike = [donors[each.name] for each in points if _chip(each) != _chip(point)]
            found[point.name] += _missed(point, own, hidden, Linear(terms, alike))
    return found


def _missed(
    point: Accelerator, own: Sequence[str], hidden: Collection[str], predictor: Linear
) -> list[float]:
    """Return logarithms of predicted over measured of the hidden families."""
    known = _known(point)
    held = [each for each in known if _family(point, each.network) in hidden]
    rest = [each for each in known if _family(point, each.network) not in hidden]
    # The same networks, where the other chip has them; others in their place.
    order: Mapping[str, int] = dealt((each.network for each in rest), len(rest))
    rest.sort(key=lambda each: (each.network not in own, order[each.network]))
    fitted = predictor.fit((), rest[: len(own)], point.networks)
    return [
        math.log((cost.latency_s or 0.0) / (each.latency_s or 0.0))
        for each in held
        if (cost := predict_network(fitted, point.networks[each.network], each.batch)).latency_s
    ]
