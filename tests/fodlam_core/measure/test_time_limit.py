"""What cannot be run often enough in the time that there is, is refused."""

from __future__ import annotations

import pytest

from fodlam_core import FodlamError
from fodlam_core.measure.pace import REFERENCE, Pace
from fodlam_core.measure.sessions import Setting
from fodlam_core.measure.time_limit import check_macs, check_run

PACE = Pace(lambda: 1.0, [1.0])


def test_at_twice_the_rate_of_the_reference() -> None:
    """Work that fits at twice the rate of the reference passes; more is refused."""
    check_macs(REFERENCE.macs, Setting(), PACE, 5.0, 10)

    with pytest.raises(FodlamError, match="10 runs of 1 s or more do not fit the 5 s there are"):
        check_macs(2 * REFERENCE.macs, Setting(), PACE, 5.0, 10)


def test_other_rates() -> None:
    """Narrow numbers may be four times as fast, and of a graphics card nothing is known."""
    check_macs(8 * REFERENCE.macs, Setting(precision="int8"), PACE, 10.0, 10)
    check_macs(10**15, Setting("cuda"), PACE, 1.0)

    with pytest.raises(FodlamError):
        check_macs(9 * REFERENCE.macs, Setting(precision="int8"), PACE, 10.0, 10)


def test_one_run() -> None:
    """A single run that takes too long is told as one."""
    with pytest.raises(FodlamError, match="1 run of 3 s or more does not fit the 2 s"):
        check_run(3.0, 2.0, 1)
