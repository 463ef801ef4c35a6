"""Runs the checks: all at once, or each as a test of its own."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fodlam_core.errors import UnknownNameError, unknown
from fodlam_core.scaling import TechnologyScaler
from fodlam_core.technology import Technology
from fodlam_core.testing.scaler_checks import CHECKS, CheckFailed

NODES_NM = (180, 130, 90, 65, 45, 40, 32, 28, 22, 20, 16, 14, 10, 7)
BULK_FROM_NM = 65

DEFAULT_POINTS = (
    *(Technology(node, 1.0, "bulk" if node >= BULK_FROM_NM else "hp") for node in NODES_NM),
    *(Technology(node, 0.8, "lp") for node in NODES_NM if node < BULK_FROM_NM),
)


def check_scaler(
    scaler: TechnologyScaler,
    points: Iterable[Technology] = DEFAULT_POINTS,
    expected_failed_checks: Mapping[str, str] | None = None,
) -> None:
    """Check that an object is a scaling rule.

    Args:
        scaler: the rule, its options applied.
        points: points to try, among them some of the rule's domain; by default the usual nodes
            from 180 to 7 nm at 1.0 V (bulk and hp) and at 0.8 V (lp).
        expected_failed_checks: names of checks that are known to fail, with the reason.

    Raises:
        CheckFailed: naming every check that fails, and every one that was expected to and holds.
        UnknownNameError: if an expected name is no check.

    >>> from fodlam_core.scaling.dennard import Dennard
    >>> check_scaler(Dennard())
    """
    points = tuple(points)
    expected = _known_checks(expected_failed_checks or {})
    failures = []
    for check in CHECKS:
        name = check.__name__
        try:
            check(scaler, points)
        except Exception as error:
            if name not in expected:
                failures.append(f"{name}: {_describe(error)}")
        else:
            if name in expected:
                failures.append(f"{name}: holds, though expected to fail: {expected[name]}")
    if failures:
        raise CheckFailed("\n".join(f"{scaler.name}: {failure}" for failure in failures))


def parametrize_with_checks(
    scalers: Iterable[TechnologyScaler],
    points: Iterable[Technology] = DEFAULT_POINTS,
    expected_failed_checks: Callable[[TechnologyScaler], Mapping[str, str]] | None = None,
) -> Any:
    """Return a pytest mark that gives a test the arguments ``scaler`` and ``check``.

    Args:
        scalers: the rules, their options applied.
        points: as for `check_scaler`.
        expected_failed_checks: tells for a rule which checks are known to fail, and why; they
            are marked as strictly expected failures.

    Raises:
        UnknownNameError: if an expected name is no check.
    """
    import pytest

    points = tuple(points)
    parameters = []
    for scaler in scalers:
        expected = _known_checks(expected_failed_checks(scaler) if expected_failed_checks else {})
        for check in CHECKS:
            name = check.__name__
            marks = []
            if name in expected:
                marks = [pytest.mark.xfail(reason=expected[name], strict=True)]
            bound = functools.partial(check, points=points)
            parameters.append(pytest.param(scaler, bound, marks=marks, id=f"{scaler.name}-{name}"))
    return pytest.mark.parametrize(("scaler", "check"), parameters)


def _known_checks(expected: Mapping[str, str]) -> Mapping[str, str]:
    names = [check.__name__ for check in CHECKS]
    for name in expected:
        if name not in names:
            raise UnknownNameError(unknown("check", name, names))
    return expected


def _describe(error: Exception) -> str:
    return str(error) if isinstance(error, CheckFailed) else f"{type(error).__name__}: {error}"
