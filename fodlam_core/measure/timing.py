"""Times of many models, run in turn: each once in every round, so that drift falls on all alike.

Weights of a model are cold in the caches after all the others have run, as they are in a network.
"""

from __future__ import annotations

import time
from statistics import median, quantiles
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WIDE = 0.1
"""Quartiles farther apart than this share of the median ask for more runs."""
MORE = 3
"""How many times the usual number of runs there are at most."""


class Sample(NamedTuple):
    """What was measured of a model.

    Attributes:
        median_s: median of the latency of a run.
        lower_s: its lower quartile.
        upper_s: its upper quartile.
        runs: how many runs.
        energy_j: joules of a run; None if no counter tells.
    """

    median_s: float
    lower_s: float
    upper_s: float
    runs: int
    energy_j: float | None = None

    @classmethod
    def of(cls, times_s: Sequence[float]) -> Sample:
        """Return the sample of times.

        >>> Sample.of([1.0, 2.0, 3.0, 4.0, 5.0])
        Sample(median_s=3.0, lower_s=2.0, upper_s=4.0, runs=5, energy_j=None)
        """
        one = list(times_s) * 3
        lower, _, upper = quantiles(times_s, method="inclusive") if len(times_s) > 1 else one
        return cls(median(times_s), lower, upper, len(times_s))

    def times(self, factor: float) -> Sample:
        """Return the sample with every cost so many times as great."""
        energy = None if self.energy_j is None else self.energy_j * factor
        return Sample(
            self.median_s * factor, self.lower_s * factor, self.upper_s * factor, self.runs, energy
        )

    @property
    def spread(self) -> float:
        """How far the quartiles are apart, as a share of the median."""
        return (self.upper_s - self.lower_s) / self.median_s


def net(times_s: Sequence[float], overhead_s: float) -> list[float]:
    """Return times less what a call of nothing takes, at most half of each.

    >>> net([3.0, 1.0], 1.0)
    [2.0, 0.5]
    """
    return [each - min(overhead_s, each / 2) for each in times_s]


def rounds(
    run: Sequence[Callable[[], float]],
    least: int,
    until_s: float,
) -> list[list[float]]:
    """Return the times of every model.

    Args:
        run: runs a model once each, and returns seconds.
        least: the usual number of runs; there are up to `MORE` times as many of models whose
            times are spread `WIDE`.
        until_s: when (`time.monotonic`) to stop at the latest, but for the first three rounds.
    """
    times: list[list[float]] = [[] for _ in run]
    for each in run:
        each()  # the first run allocates
    for number in range(least * MORE):
        for one, found in zip(run, times, strict=True):
            if number < least or Sample.of(found).spread > WIDE:
                one()  # brings it back into the caches, as far as it fits
                found.append(one())
        if number >= 2 and time.monotonic() > until_s:
            break
    return times
