"""Times of many models, run in turn: each once in every round, so that drift falls on all alike."""

from __future__ import annotations

import time
from statistics import median, quantiles
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WIDE = 0.1
"""Quartiles farther apart than this share of the median ask for more runs; a reference that is
slower by this share tells that the machine is disturbed."""

WARMING = 2
"""How often it runs what stands before a model: a large cache keeps only what is used again."""

PACED = 4
"""How many models run between two runs of the reference."""


class Timed(NamedTuple):
    """The time of a run.

    Attributes:
        time_s: seconds that it took.
        pace_s: seconds that the reference took at that time, see `fodlam_core.measure.pace`.
    """

    time_s: float
    pace_s: float


class Turn(NamedTuple):
    """A model that takes its turn.

    Attributes:
        run: runs it once, and returns seconds.
        before: what runs untimed before it.
        copies: how many of what is measured it runs.
    """

    run: Callable[[], float]
    before: Callable[[], float]
    copies: int = 1


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
            median_s=self.median_s * factor,
            lower_s=self.lower_s * factor,
            upper_s=self.upper_s * factor,
            runs=self.runs,
            energy_j=energy,
        )

    @property
    def spread(self) -> float:
        """How far the quartiles are apart, as a share of the median."""
        return (self.upper_s - self.lower_s) / self.median_s


def net(timed: Sequence[Timed], overhead_s: float, copies: int = 1) -> list[Timed]:
    """Return times of one copy, less what a call of nothing takes, at most half of each.

    >>> net([Timed(3.0, 1.0), Timed(1.0, 1.0)], 1.0)
    [Timed(time_s=2.0, pace_s=1.0), Timed(time_s=0.5, pace_s=1.0)]
    """
    return [
        each._replace(time_s=(each.time_s - min(overhead_s, each.time_s / 2)) / copies)
        for each in timed
    ]


def rounds(
    turns: Sequence[Turn], count: int, until_s: float, pace: Callable[[], float]
) -> list[list[Timed]]:
    """Return the times of every model.

    Args:
        turns: the models.
        count: how often each is timed.
        until_s: when (`time.monotonic`) to stop at the latest, but for the first three rounds.
        pace: runs the reference, and returns its time.
    """
    times: list[list[Timed]] = [[] for _ in turns]
    for each in turns:
        each.run()  # the first run allocates
        each.before()
    paired = list(zip(turns, times, strict=True))
    before = pace()
    for number in range(count):
        for start in range(0, len(paired), PACED):
            some = paired[start : start + PACED]
            found = [_timed(each) for each, _ in some]
            after = pace()
            for one, (_, known) in zip(found, some, strict=True):
                known.append(Timed(one, (before + after) / 2))
            before = after
        if number >= 2 and time.monotonic() > until_s:
            break
    return times


def _timed(turn: Turn) -> float:
    for _ in range(WARMING):
        turn.before()
    return turn.run()
