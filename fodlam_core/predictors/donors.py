"""A prior for chips of few measurements: the coefficients of chips that behave alike."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import fmean
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.predictors import robust

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.predictors.fitted import FittedModels, Model

# How many donors are averaged, and how strongly coefficients are pulled towards the mean: with
# fewer rows a pull is better than a fit of its own.
ALIKE = 20
STRENGTH = 3.0
# What a donor that is e times as fast or as slow has against it: so much of a mean error, over the
# number of rows. One row tells nothing of a chip but its speed, and chips as fast are often alike;
# the more rows there are, the better they tell by themselves.
SPEED = 0.1


@attrs.frozen
class Coefficients:
    """What a chip needs for one unit of each term.

    Attributes:
        latency: seconds by term; None if not known.
        energy: joules by term; None if not known.
    """

    latency: Mapping[str, float] | None = None
    energy: Mapping[str, float] | None = None

    @classmethod
    def of(cls, fitted: FittedModels[Model]) -> Coefficients:
        """Return the coefficients of a fitted `linear` predictor."""

        def plain(model: Any) -> Mapping[str, float] | None:
            model = getattr(model, "model", model)  # without its correction
            # Of two models no coefficient is that of all layers.
            return None if not hasattr(model, "coefficients") else dict(model.coefficients)

        return cls(plain(fitted.latency), plain(fitted.energy))


def prior(
    columns: Sequence[Sequence[float]], donors: Sequence[Sequence[float]]
) -> list[float] | None:
    """Return the mean of the donors that fit best, each scaled to the rows; None without donors.

    Of donors that fit as well, those that are about as fast are taken.

    Args:
        columns: one for each term, divided by what they should add up to.
        donors: coefficients of other chips, in the order of the columns.
    """
    scaled = []
    for donor in donors:
        values = robust.combine(columns, donor)
        if all(values):
            logarithms = [math.log(value) for value in values]
            shift = fmean(logarithms)
            error = fmean(abs(each - shift) for each in logarithms)
            unlike = error + SPEED * abs(shift) / len(values)
            scaled.append((unlike, [math.exp(-shift) * each for each in donor]))
    best = [each for _, each in sorted(scaled)[:ALIKE]]
    return [fmean(each) for each in zip(*best, strict=True)] if best else None
