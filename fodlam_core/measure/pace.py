"""How fast the machine is from moment to moment, by a reference that is run among the others.

What else runs on the same core or host, or a clock that changes, slows a machine for seconds at a
time (by 1.4 where it was looked at: the other thread of the core), and no clock of a process
tells. Samples of such moments are set aside, as far as there are others.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import quantiles
from typing import TYPE_CHECKING

import attrs

from fodlam_core.measure.layer_models import layer_model
from fodlam_core.measure.sessions import Setting, runner
from fodlam_core.measure.timing import WIDE, Sample
from fodlam_core.model.shapes import ConvShape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.measure.timing import Timed

# It computes, and fits the cache of a core: what ran before it hardly matters.
REFERENCE = ConvShape.from_input((64, 28, 28), 64, 3, padding=1)
MOST_SLOWED = 1.5
"""A reference slower than this was interrupted itself: it tells no more than this of others."""
FEWEST = 5
"""Times that a sample is made of at least, where there are so many."""


@attrs.define
class Pace:
    """The times of the reference.

    Attributes:
        run: runs it once, and returns seconds.
        seen: its times so far.
        before_s: its time behind rows that are gone on with; None if there are none.
    """

    run: Callable[[], float]
    seen: list[float] = attrs.field(factory=list)
    before_s: float | None = None

    @classmethod
    def of(cls, setting: Setting, before_s: float | None = None) -> Pace:
        """Return the pace of an operating point; the reference is always of fp32."""
        run = runner(layer_model(REFERENCE), attrs.evolve(setting, precision="fp32"))
        run()  # allocates
        return cls(run, before_s=before_s)

    def now(self) -> float:
        """Run the reference, and return its time: the better of two, as one may be interrupted."""
        self.run()  # brings it back into the caches
        self.seen.append(min(self.run(), self.run()))
        return self.seen[-1]

    @property
    def best_s(self) -> float:
        """Its time while nothing disturbs, which a twentieth of all times are at most."""
        if len(self.seen) < 2:
            return self.seen[0] if self.seen else 0.0
        return quantiles(self.seen, n=20, method="inclusive")[0]

    def undisturbed(self, timed: Sequence[Timed]) -> list[float]:
        """Return the times of moments at which the reference was not slow."""
        limit = (1 + WIDE) * self.best_s
        return [time for time, pace in timed if pace <= limit]

    def sample(self, timed: Sequence[Timed]) -> Sample:
        """Return the sample of the least disturbed times, each faster as the reference was slow.

        Rows that are gone on with were measured at the pace of then: new ones are taken to that.
        What computes is slowed as the reference is, what waits for memory is less: so a time is
        corrected, but where there are enough of better moments it is set aside.
        """
        best = self.before_s or self.best_s
        ordered = sorted(timed, key=lambda each: each.pace_s)
        count = max(FEWEST, len(self.undisturbed(timed)))
        return Sample.of([time * self._correction(best / pace) for time, pace in ordered[:count]])

    def _correction(self, factor: float) -> float:
        """Return by what a time is multiplied; more than 1 only to agree with earlier rows."""
        most = 1.0 if self.before_s is None else MOST_SLOWED
        return min(most, max(factor, 1 / MOST_SLOWED))
