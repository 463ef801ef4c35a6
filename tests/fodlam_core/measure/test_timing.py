"""Models are run in turn, and more often where their times disagree."""

from __future__ import annotations

import itertools
import math
import time

from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.measure.timing import MORE, Sample, net, rounds

TIMES = st.lists(st.floats(1e-9, 1e3), min_size=1, max_size=30)


@given(TIMES, st.floats(0, 1e3))
def test_sample(times: list[float], overhead: float) -> None:
    """Quartiles enclose the median, and no overhead takes more than half of a time."""
    sample = Sample.of(net(times, overhead))

    assert sample.lower_s <= sample.median_s <= sample.upper_s
    assert min(times) / 2 <= sample.median_s * (1 + 1e-9)
    assert len(times) == sample.runs


def test_factor() -> None:
    """A share of a sample is that share of its latencies and of its energy."""
    assert Sample(1.0, 0.5, 2.0, 7, 3.0) == Sample(2.0, 1.0, 4.0, 7, 6.0).times(0.5)
    assert Sample(1.0, 1.0, 1.0, 7) == Sample(2.0, 2.0, 2.0, 7).times(0.5)


def test_turns() -> None:
    """A steady model runs as often as usual, an unsteady one up to three times as often."""
    order: list[str] = []
    unsteady = itertools.cycle([1.0, 2.0, 3.0])

    def steady() -> float:
        order.append("steady")
        return 1.0

    def other() -> float:
        order.append("other")
        return next(unsteady)

    one, two = rounds([steady, other], 4, math.inf)

    assert (4, 4 * MORE) == (len(one), len(two))
    # One to allocate each; then in each turn one untimed and one timed.
    assert ["steady", "other", "steady", "steady", "other", "other"] == order[:6]


def test_time_is_up() -> None:
    """Three turns are always there, and no more once time is up."""
    [times] = rounds([lambda: 1.0], 9, time.monotonic() - 1)

    assert [1.0] * 3 == times
