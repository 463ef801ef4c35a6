"""Checks a whole plugin: that it loads, and everything that it supplies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.plugins import call_hooks, check_api_level, describe, isolated
from fodlam_core.plugins.hookspecs import HookSpecs
from fodlam_core.testing.runner import checks_for, run_checks

if TYPE_CHECKING:
    from collections.abc import Mapping


def check_plugin(plugin: object, expected_failed_checks: Mapping[str, str] | None = None) -> None:
    """Load a plugin as fodlam-core does, and check everything that it supplies.

    Args:
        plugin: the module, or whatever object its entry point names.
        expected_failed_checks: names of checks that are known to fail, with the reason.

    Raises:
        AssertionError: saying why it would not load, or naming each failed check.
    """
    _, error = isolated(check_api_level, plugin, HookSpecs)
    provided, failed = isolated(call_hooks, plugin, HookSpecs)
    problem = error or failed
    assert provided is not None and not problem, f"the plugin does not load: {_text(problem)}"
    items = [item for supplied in provided.values() for item in supplied]
    assert items, "the plugin supplies nothing; yield something from one of its hooks"
    expected = dict(expected_failed_checks or {})
    for item in items:
        checks = checks_for(item)
        names = {check.__name__ for check in checks}
        own = {name: reason for name, reason in expected.items() if name in names}
        what = f"{type(item).__name__} {getattr(item, 'name', item)!r}"
        run_checks(what, item, checks, own)


def _text(error: BaseException | None) -> str:
    return describe(error) if error else "it has no hooks"
