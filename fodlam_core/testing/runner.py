"""Runs checks over one thing, or hands them to pytest one by one."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from fodlam_core.accelerators import Accelerator
from fodlam_core.deferred import DeferredAccelerator
from fodlam_core.errors import unknown
from fodlam_core.model.layers import LayerKind
from fodlam_core.plugins import describe, isolated

Check = Callable[[Any], None]
Expected = Mapping[str, str]
Test = TypeVar("Test", bound=Callable[..., Any])


def run_checks(
    what: str,
    subject: Any,
    checks: Sequence[Check],
    expected_failed_checks: Mapping[str, str] | None = None,
) -> None:
    """Run every check, and tell of all that fail at once.

    Args:
        what: what the subject is, such as ``"accelerator 'mychip'"``.
        subject: what is checked.
        checks: functions that raise an `AssertionError` saying what to fix.
        expected_failed_checks: names of checks that are known to fail, with the reason. One that
            passes all the same has to be taken off the list.

    Raises:
        AssertionError: naming each failed check, with what to fix.
    """
    if not __debug__:
        raise RuntimeError("the checks are assertions: run Python without -O")
    expected = dict(expected_failed_checks or {})
    names = [check.__name__ for check in checks]
    problems = [
        f"expected_failed_checks: {unknown('check', name, names)}"
        for name in expected
        if name not in names
    ]
    for check in checks:
        _, error = isolated(check, subject)
        problem = error and (str(error) if isinstance(error, AssertionError) else describe(error))
        if error and check.__name__ not in expected:
            problems.append(f"{check.__name__}: {problem}")
        elif not error and check.__name__ in expected:
            problems.append(f"{check.__name__}: passes; remove it from expected_failed_checks")
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise AssertionError(f"{what} fails {len(problems)} of {len(checks)} checks:{lines}")


def whole(subject: Any) -> Any:
    """Return a thing that a plugin supplies; of a deferred accelerator the accelerator itself."""
    return subject.load() if isinstance(subject, DeferredAccelerator) else subject


def checks_for(subject: Any) -> list[Check]:
    """Return the checks for a thing that a plugin may supply, by what it is.

    Raises:
        TypeError: if it is nothing that a plugin may supply.
    """
    if isinstance(subject, Accelerator):
        module = "accelerators"
    elif isinstance(subject, LayerKind):
        module = "kinds"
    elif hasattr(subject, "factors"):
        module = "scalers"
    elif hasattr(subject, "read"):
        module = "readers"
    else:
        raise TypeError(
            f"{subject!r} is not an accelerator, layer kind, scaling rule or network reader"
        )
    checks: Sequence[Check] = importlib.import_module(f"fodlam_core.testing.{module}").CHECKS
    return list(checks)


def parametrize_with_checks(
    subjects: Iterable[Any],
    expected_failed_checks: Expected | Callable[[Any], Expected] | None = None,
) -> Callable[[Test], Test]:
    """Return a pytest decorator: one test for each subject and each of its checks.

    ::

        @parametrize_with_checks([MYCHIP])
        def test_conforms(accelerator, check):
            check(accelerator)

    The first argument of the test may have any name.

    Args:
        subjects: accelerators, layer kinds, scaling rules or network readers.
        expected_failed_checks: names of checks that are known to fail, with the reason; or a
            function that returns them for a subject. They are marked as strict xfails.

    Raises:
        ValueError: if an expected name is not that of a check.
    """
    import pytest

    params = []
    for subject in map(whole, subjects):
        expected = _expected(expected_failed_checks, subject)
        for check in checks_for(subject):
            reason = expected.get(check.__name__)
            marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason is not None else []
            name = getattr(subject, "name", type(subject).__name__)
            params.append(pytest.param(subject, check, id=f"{name}-{check.__name__}", marks=marks))

    def decorate(test: Test) -> Test:
        names = list(inspect.signature(test).parameters)[:2]
        decorated: Test = pytest.mark.parametrize(names, params)(test)
        return decorated

    return decorate


def _expected(given: Expected | Callable[[Any], Expected] | None, subject: Any) -> Expected:
    expected = given(subject) if callable(given) else given or {}
    names = [check.__name__ for check in checks_for(subject)]
    for name in expected:
        if name not in names:
            raise ValueError(f"expected_failed_checks: {unknown('check', name, names)}")
    return expected
