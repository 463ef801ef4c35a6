"""Models are run in turn, with a reference between them."""

from __future__ import annotations

import itertools
import math
import time

from hypothesis import given
from hypothesis import strategies as st

from fodlam_core.measure.timing import PACED, WARMING, Sample, Timed, Turn, net, rounds

TIMES = st.lists(st.floats(1e-9, 1e3), min_size=1, max_size=30)


@given(TIMES, st.floats(0, 1e3))
def test_sample(times: list[float], overhead: float) -> None:
    """Quartiles enclose the median, and no overhead takes more than half of a time."""
    sample = Sample.of([each.time_s for each in net([Timed(x, 1.0) for x in times], overhead)])

    assert sample.lower_s <= sample.median_s <= sample.upper_s
    assert min(times) / 2 <= sample.median_s * (1 + 1e-9)
    assert len(times) == sample.runs


def test_factor() -> None:
    """A share of a sample is that share of its latencies and of its energy."""
    assert Sample(1.0, 0.5, 2.0, 7, 3.0) == Sample(2.0, 1.0, 4.0, 7, 6.0).times(0.5)
    assert Sample(1.0, 1.0, 1.0, 7) == Sample(2.0, 2.0, 2.0, 7).times(0.5)


def test_turns() -> None:
    """Each model runs as often as asked for, untimed before, and the reference between."""
    order: list[str] = []
    paces = itertools.count(1.0)

    def turn(name: str) -> Turn:
        return Turn(
            lambda: order.append(name) or 1.0, lambda: order.append(f"before {name}") or 9.0
        )

    def pace() -> float:
        order.append("pace")
        return next(paces)

    names = [f"m{number}" for number in range(PACED + 1)]
    times = rounds([turn(name) for name in names], 3, math.inf, pace)

    assert [3] * len(names) == list(map(len, times))
    # Once each to allocate; then some in turn between two paces, whose mean is theirs.
    once = [each for name in names for each in (name, f"before {name}")]
    some = [each for name in names[:PACED] for each in (*[f"before {name}"] * WARMING, name)]
    assert [*once, "pace", *some, "pace"] == order[: len(once) + len(some) + 2]
    assert [Timed(1.0, 1.5), Timed(1.0, 3.5), Timed(1.0, 5.5)] == times[0]
    assert Timed(1.0, 2.5) == times[-1][0]


def test_time_is_up() -> None:
    """Three turns are always there, and no more once time is up."""
    turn = Turn(lambda: 1.0, lambda: 1.0)

    [times] = rounds([turn], 9, time.monotonic() - 1, lambda: 1.0)

    assert [Timed(1.0, 1.0)] * 3 == times
