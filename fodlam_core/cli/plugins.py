"""``fodlam-core plugins``: what is installed, from where, and what cannot be used and why."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from fodlam_core.accelerators import Accelerator
from fodlam_core.cli.common import add_action, add_output_arguments, emit, registry_for
from fodlam_core.errors import FodlamError, PluginError, UnknownNameError, unknown
from fodlam_core.model.costs import Citation
from fodlam_core.plugins import Plugin, describe, isolated, stdout_to_stderr
from fodlam_core.plugins.claims import supplied
from fodlam_core.plugins.guards import guarded_accelerator
from fodlam_core.plugins.registry import load_registry
from fodlam_core.report.document import Bullets, Document, Lines, table
from fodlam_core.report.escapes import visible
from fodlam_core.report.report import Report
from fodlam_core.report.units import quantity

if TYPE_CHECKING:
    import argparse

    from fodlam_core.plugins.registry import Registry

MOST_SHOWN = 12
FEW = 4  # of a longer list
COLUMNS = ("name", "distribution", "version", "api_level", "status")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command and of its actions."""
    add_output_arguments(parser)
    parser.set_defaults(act=_list)
    actions = parser.add_subparsers(metavar="ACTION")
    add_action(actions, "list", _list, "list what is installed (default)")
    check = add_action(
        actions, "check", _check, "try everything that a plugin supplies", output=False
    )
    check.add_argument(
        "subject",
        metavar="NAME|PATH",
        help="an installed plugin, by its name, its distribution or as DISTRIBUTION:NAME; or a "
        "Python file, or the folder of a package",
    )
    check.add_argument(
        "--file",
        dest="files",
        action="append",
        default=[],
        metavar="FILE",
        help="a network file for its readers to read; may be repeated",
    )


def execute(args: argparse.Namespace) -> int:
    """Do what the action asks for."""
    status: int = args.act(args)
    return status


def _list(args: argparse.Namespace) -> int:
    registry = registry_for(args)
    with stdout_to_stderr():  # a plugin that prints must not spoil the data
        records = [_record(plugin, registry) for plugin in registry.plugins]

    def rows() -> list[dict[str, Any]]:
        return [
            {key: "; ".join(value) if isinstance(value, list) else value for key, value in each}
            for each in map(dict.items, records)
        ]

    emit(Report(lambda: [_document(records)], lambda: records, rows), args)
    return 0


def _check(args: argparse.Namespace) -> int:
    """Print what is wrong with a plugin; without a fault the exit status is 0."""
    from fodlam_core.testing.plugins import check_supplied

    missing = [file for file in args.files if not os.path.exists(file)]
    if missing:
        raise FodlamError(*(f"--file {file}: no such file" for file in missing))
    plugin = _chosen(args)
    with stdout_to_stderr():
        _, error = isolated(check_supplied, plugin, files=args.files)
    if error is None:
        print(f"{plugin} passes: {', '.join(_names(plugin))}")
        return 0
    if not isinstance(error, AssertionError):
        raise error
    print(f"{plugin} has faults\n{error}")
    return 1


def _chosen(args: argparse.Namespace) -> Plugin:
    """Return the plugin that is to be checked, loaded."""
    subject: str = args.subject
    if os.path.exists(subject) and (os.sep in subject or subject.endswith(".py")):
        args.plugin = [*getattr(args, "plugin", ()), subject]
        return registry_for(args).plugins[-1]
    found = registry_for(args).plugins
    chosen = [
        each
        for each in found
        if subject in (each.name, each.distribution, f"{each.distribution}:{each.name}")
    ]
    if not chosen and os.path.isdir(subject):
        return load_registry([subject]).plugins[-1]
    if not chosen:
        raise UnknownNameError(unknown("plugin", subject, [each.name for each in found]))
    own = [each for each in chosen if each.own and each.name == subject]
    if len(own or chosen) > 1:
        full = " or ".join(f"{each.distribution}:{each.name}" for each in chosen)
        raise UnknownNameError(f"{subject!r} is several plugins; write {full}")
    [plugin] = own or chosen
    if plugin.reason:
        raise PluginError(plugin.reason)
    return plugin


def _record(plugin: Plugin, registry: Registry) -> dict[str, Any]:
    items = list(supplied(plugin))
    unusable = {
        f"{what} {item.name}": reason
        for what, item in items
        if (reason := _refused(plugin, what, item, registry))
    }
    refusals = [text for text in registry.refusals if text.startswith(f"{plugin}: ")]
    replaced = plugin.replaces and f"takes the place of {plugin.replaces}"
    blocked = plugin.blocked and f"blocked by {plugin.blocked}"
    reasons = [plugin.problem, blocked, replaced, *unusable.values(), *refusals]
    every = bool(items) and len(unusable) == len(items)
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "api_level": plugin.api_level,
        "provides": _names(plugin),
        "citations": list(dict.fromkeys(text for _, item in items for text in _citation(item))),
        "status": "unusable" if every else plugin.status,
        "reason": "; ".join(dict.fromkeys(reason for reason in reasons if reason)) or None,
        "load_time_s": round(plugin.load_s, 4) if plugin.api_level else None,
        "unusable": list(unusable),
    }


def _names(plugin: Plugin) -> list[str]:
    return [f"{what} {item.name}" for what, item in supplied(plugin)]


def _refused(plugin: Plugin, what: str, item: Any, registry: Registry) -> str | None:
    """Return why every run refuses something; None if none does, as far as can be seen at once."""
    if (what, item.name) in registry.conflicts:
        return registry.conflicts[what, item.name]
    if isinstance(item, Accelerator):
        _, error = isolated(guarded_accelerator, item, plugin)
        if error is not None:
            return str(error) if isinstance(error, FodlamError) else describe(error)
    return None


def _citation(item: Any) -> list[str]:
    citation, _ = isolated(getattr, item, "citation", None)
    return [str(citation)] if isinstance(citation, Citation) else []


def _document(records: list[dict[str, Any]]) -> Document:
    cells = (
        (
            *(_cell(each[name]) for name in COLUMNS),
            _provided(each["provides"], each["unusable"]),
            quantity(each["load_time_s"], "s", 3),
        )
        for each in records
    )
    reasons = [f"{each['name']}: {each['reason']}" for each in records if each["reason"]]
    sources = [f"{each['name']}: {text}" for each in records for text in _few(each["citations"])]
    return Document(
        "Plugins",
        (
            table((*COLUMNS, "provides", "load time"), cells, "api_level, load time", "api_level"),
            *([Bullets("Not in use", reasons)] if reasons else []),
            *([Bullets("Sources", sources)] if sources else []),
        ),
    )


def _provided(items: list[str], unusable: list[str]) -> str:
    """Return what a plugin supplies, a line for each kind of it."""
    names: dict[str, list[str]] = {}
    for item in items:
        what, _, name = item.rpartition(" ")
        names.setdefault(what, []).append(f"{name} (unusable)" if item in unusable else name)
    lines = (visible(f"{what} {', '.join(_few(names[what]))}") for what in names)
    return Lines(";\n".join(lines) or "-")


def _few(texts: list[str]) -> list[str]:
    """Return a list, of which only the beginning if it is long."""
    if len(texts) <= MOST_SHOWN:
        return texts
    return [*texts[:FEW], f"... {len(texts) - FEW} more, all with -f json"]


def _cell(value: Any) -> str:
    return "-" if value is None else str(value)
