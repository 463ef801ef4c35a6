"""Checks a whole plugin: that it loads, everything that it supplies, and how that goes together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.deferred import DeferredAccelerator
from fodlam_core.errors import unknown
from fodlam_core.plugins import Plugin, call_hooks, check_api_level, describe, isolated
from fodlam_core.plugins.checks import names_of, without_rubbish
from fodlam_core.plugins.claims import supplied
from fodlam_core.plugins.deferred_chips import loaded
from fodlam_core.plugins.hookspecs import HookSpecs
from fodlam_core.plugins.own import RESERVED
from fodlam_core.testing.installed import everything, ours
from fodlam_core.testing.readers import checks_on
from fodlam_core.testing.runner import checks_for, run_checks

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping


def check_plugin(
    plugin: object,
    expected_failed_checks: Mapping[str, str] | None = None,
    files: Iterable[str | os.PathLike[str]] = (),
) -> None:
    """Load a plugin as fodlam-core does, and check everything that it supplies.

    Args:
        plugin: the module, or whatever object its entry point names.
        expected_failed_checks: names of checks that are known to fail, with the reason.
        files: network files, each to be read by the readers of the plugin that accept its suffix.

    Raises:
        AssertionError: saying why it would not load, or naming each failed check.
    """
    _, error = isolated(check_api_level, plugin, HookSpecs)
    provided, failed = isolated(call_hooks, plugin, HookSpecs)
    problem = error or failed
    assert provided is not None and not problem, f"the plugin does not load: {_text(problem)}"
    own = getattr(plugin, "__name__", None) in {
        each.source.module
        for each in ours().plugins
        if each.source and not isinstance(each.source, str)
    }
    given = Plugin("plugin", provided, source="plugin", own=own)
    check_supplied(given, expected_failed_checks, files)


def check_supplied(
    plugin: Plugin,
    expected_failed_checks: Mapping[str, str] | None = None,
    files: Iterable[str | os.PathLike[str]] = (),
) -> None:
    """Check everything that a plugin supplies, which was loaded.

    Raises:
        AssertionError: naming each failed check, of the plugin and of each of the things.
    """
    usable = without_rubbish(plugin)
    assert not usable.problem, f"the plugin does not load: {usable.problem}"
    items = [item for _, item in supplied(plugin)]
    assert items, "the plugin supplies nothing; yield something from one of its hooks"
    expected, files = dict(expected_failed_checks or {}), tuple(files)
    failures = [*_run("plugin", plugin, WHOLE, expected)]
    for given in items:
        item = given
        what = f"{type(item).__name__} {getattr(item, 'name', item)!r}"
        if isinstance(item, DeferredAccelerator):
            item, error = isolated(loaded, item, plugin)
            if error is not None:
                failures.append(f"{what}: {error}")
                continue
        checks = checks_for(item)
        if hasattr(item, "read"):
            mine = [file for file in files if str(file).lower().endswith(item.suffixes)]
            checks = list(checks_on(mine))
        failures += _run(what, item, checks, expected)
    assert not failures, "\n".join(failures)


def _run(what: str, subject: Any, checks: Iterable[Any], expected: Mapping[str, str]) -> list[str]:
    checks = list(checks)
    names = {check.__name__ for check in checks}
    own = {name: reason for name, reason in expected.items() if name in names}
    _, error = isolated(run_checks, what, subject, checks, own)
    if error is not None and not isinstance(error, AssertionError):
        raise error
    return [str(error)] if error else []


def check_names_are_free(plugin: Plugin) -> None:
    """No name or alias is one that fodlam-core itself supplies."""
    taken = {
        (what, name): own
        for own in ours().plugins
        if own.own
        for what, item in supplied(own)
        for name in names_of(item)
    }
    for what, item in supplied(plugin):
        for name in names_of(item):
            owner = taken.get((what, name)) or RESERVED.get((what, name))
            same = what == "layer kind" and item == ours().items.get((what, name))
            assert plugin.own or not owner or same, (
                f"the {what} {name!r} is one of fodlam-core's, which nothing else can replace; "
                "choose another name"
            )


def check_defaults_are_free(plugin: Plugin) -> None:
    """It is the default for no kind of layer of the core."""
    core = {kind.name for kind in ours().layer_kinds}
    for what, item in supplied(plugin):
        asked = core.intersection(getattr(item, "default_for", ()))
        assert plugin.own or not asked or what != "accelerator", (
            f"{item.name!r} is the default_for {', '.join(sorted(asked))}, which would change what "
            "other configurations mean; leave default_for to kinds of your own"
        )


def check_kinds_are_known(plugin: Plugin) -> None:
    """Accelerators serve layer kinds that the core, the plugin or another one supplies."""
    own = [item.name for what, item in supplied(plugin) if what == "layer kind"]
    for what, item in supplied(plugin):
        for kind in item.kinds if what == "accelerator" else ():
            known = [*ours().names("layer kind"), *own]
            if kind not in known:
                known += everything().names("layer kind")
            assert kind in known, (
                f"{item.name!r} serves a kind that nobody supplies: "
                f"{unknown('layer kind', kind, known)}"
            )


WHOLE = (check_names_are_free, check_defaults_are_free, check_kinds_are_known)


def _text(error: BaseException | None) -> str:
    return describe(error) if error else "it has no hooks"
