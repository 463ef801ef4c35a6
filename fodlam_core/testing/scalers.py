"""Checks for scaling rules."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from fodlam_core.model.technology import Technology
from fodlam_core.testing import scaler_checks
from fodlam_core.testing.runner import Check, run_checks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fodlam_core.scaling import TechnologyScaler

NODES_NM = (180, 130, 90, 65, 45, 40, 32, 28, 22, 20, 16, 14, 10, 7)
BULK_FROM_NM = 65

DEFAULT_POINTS = (
    *(Technology(node, 1.0, "bulk" if node >= BULK_FROM_NM else "hp") for node in NODES_NM),
    *(Technology(node, 0.8, "lp") for node in NODES_NM if node < BULK_FROM_NM),
    *(Technology(65, vdd, "lp") for vdd in (0.82, 1.0, 1.17)),
)


def checks_at(points: Iterable[Technology]) -> tuple[Check, ...]:
    """Return the checks, each tried on the same points."""
    points = tuple(points)
    return tuple(
        functools.update_wrapper(functools.partial(check, points=points), check)
        for check in scaler_checks.CHECKS
    )


CHECKS: tuple[Check, ...] = checks_at(DEFAULT_POINTS)


def check_scaler(
    scaler: TechnologyScaler,
    points: Iterable[Technology] = DEFAULT_POINTS,
    expected_failed_checks: Mapping[str, str] | None = None,
) -> None:
    """Check that an object is a scaling rule.

    Args:
        scaler: the rule, its options applied.
        points: points to try, among them some of the rule's domain; by default the usual nodes
            from 180 to 7 nm at 1.0 V (bulk and hp) and at 0.8 V (lp), and 65 nm lp at three
            voltages.
        expected_failed_checks: names of checks that are known to fail, with the reason.

    Raises:
        AssertionError: naming each failed check, with what to fix.

    >>> from fodlam_core.scaling.dennard import Dennard
    >>> check_scaler(Dennard())
    """
    name = getattr(scaler, "name", scaler)
    run_checks(f"scaling rule {name!r}", scaler, checks_at(points), expected_failed_checks)
