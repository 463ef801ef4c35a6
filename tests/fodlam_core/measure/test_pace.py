"""Samples of moments at which the machine is slow are set aside, or corrected."""

from __future__ import annotations

import pytest

from fodlam_core.measure.pace import FEWEST, Pace
from fodlam_core.measure.sessions import Setting
from fodlam_core.measure.timing import Timed


def pace(*seen: float) -> Pace:
    """Return a pace that has seen these times of the reference."""
    return Pace(lambda: 1.0, list(seen))


def test_reference_runs() -> None:
    """The reference is run untimed, and the better of two further times is kept."""
    times = iter([1.0, 2.0, 3.0])
    made = Pace(lambda: next(times))

    assert 2.0 == made.now()
    assert [2.0] == made.seen
    assert Pace.of(Setting(precision="int8")).now() > 0


def test_best() -> None:
    """The best pace is one that was seen more than by chance."""
    assert 1.0 == pace(*[1.0] * 10, *[1.4] * 90).best_s
    assert 1.3 < pace(0.2, *[1.4] * 99).best_s
    assert (0.0, 2.0) == (pace().best_s, pace(2.0).best_s)


def test_disturbed_samples_are_set_aside() -> None:
    """Where there are enough undisturbed times the others do not count."""
    good, bad = [Timed(1.0, 1.0)] * FEWEST, [Timed(9.0, 1.4)] * 20

    sample = pace(*[1.0] * 9).sample([*bad, *good])

    assert (1.0, FEWEST) == (sample.median_s, sample.runs)


def test_disturbed_samples_are_corrected() -> None:
    """Where there are not, the least disturbed are divided by how slow the reference was."""
    sample = pace(*[1.0] * 9).sample([Timed(3.0, 1.2), Timed(4.0, 1.6)])

    assert pytest.approx((3.0 / 1.2 + 4.0 / 1.5) / 2) == sample.median_s  # by 1.5 at most
    assert 2.0 == pace(*[1.0] * 9).sample([Timed(2.0, 0.5)]).median_s


def test_new_rows_are_taken_to_the_pace_of_earlier_ones() -> None:
    """Of a machine that is faster or slower now than when it was begun with, rows agree."""
    for now in (0.8, 1.0, 1.3):
        made = Pace(lambda: 1.0, [now] * 9, before_s=1.0)
        assert pytest.approx(5.0) == made.sample([Timed(5.0 * now, now)] * 9).median_s
