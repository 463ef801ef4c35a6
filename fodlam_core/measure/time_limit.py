"""Refuses what cannot be run often enough in the time that there is, before or once it is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors import FodlamError
from fodlam_core.measure.pace import REFERENCE
from fodlam_core.report.units import counted, quantity

if TYPE_CHECKING:
    from fodlam_core.measure.pace import Pace
    from fodlam_core.measure.sessions import Setting

LEAST_RUNS = 15
"""How often a layer runs at the least, with what stands before it."""
FASTER, NARROW = 2.0, 4.0
"""How many times as many MACs a second as the reference a layer may do, and one of 8 bits that."""


def check_macs(
    macs: int, setting: Setting, pace: Pace, seconds: float, runs: int = LEAST_RUNS
) -> None:
    """Refuse what cannot be run often enough at the best rate that there may be.

    On the processor, as the reference is; it is too small to tell how fast others can be.

    Args:
        macs: of one run.
        setting: how it is run.
        pace: tells how fast the reference is.
        seconds: the time that there is.
        runs: how often it has to run.

    Raises:
        FodlamError: if the runs do not fit.
    """
    if setting.provider != "cpu":
        return
    faster = FASTER if setting.precision == "fp32" else NARROW * FASTER
    reference_s = pace.best_s or pace.now()
    check_run(macs / REFERENCE.macs * reference_s / faster, seconds, runs)


def check_run(run_s: float, seconds: float, runs: int = LEAST_RUNS) -> None:
    """Refuse what cannot be run often enough if one run takes so long.

    Raises:
        FodlamError: if the runs do not fit.
    """
    if runs * run_s > seconds:
        raise FodlamError(
            f"{counted(runs, 'run')} of {quantity(run_s, 's', 3)} or more "
            f"{'does' if runs == 1 else 'do'} not fit the {seconds:g} s there are; measure a "
            "smaller batch"
        )
