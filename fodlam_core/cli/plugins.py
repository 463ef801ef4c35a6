"""``fodlam-core plugins``: what is installed, from where, and what cannot be used and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.cli.common import add_output_arguments, emit, registry_for
from fodlam_core.model.costs import Citation
from fodlam_core.plugins import Plugin, isolated
from fodlam_core.plugins.checks import SUPPLIES
from fodlam_core.report import Bullets, Document, table
from fodlam_core.report.report import Report
from fodlam_core.report.units import quantity

if TYPE_CHECKING:
    import argparse

    from fodlam_core.plugins.registry import Registry

COLUMNS = ("name", "distribution", "version", "api_level", "status")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_output_arguments(parser)


def execute(args: argparse.Namespace) -> int:
    """Print the installed plugins."""
    registry = registry_for(args)
    records = [_record(plugin, registry) for plugin in registry.plugins]

    def rows() -> list[dict[str, Any]]:
        return [
            {key: "; ".join(value) if isinstance(value, list) else value for key, value in each}
            for each in map(dict.items, records)
        ]

    emit(Report(lambda: [_document(records)], lambda: records, rows), args)
    return 0


def _record(plugin: Plugin, registry: Registry) -> dict[str, Any]:
    items = [(SUPPLIES[hook][0], item) for hook, items in plugin.provided.items() for item in items]
    conflicts = [
        registry.conflicts[what, item.name]
        for what, item in items
        if (what, item.name) in registry.conflicts
    ]
    reasons = [plugin.problem, plugin.blocked and f"blocked by {plugin.blocked}", *conflicts]
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "api_level": plugin.api_level,
        "provides": [f"{what} {item.name}" for what, item in items],
        "citations": list(dict.fromkeys(text for _, item in items for text in _citation(item))),
        "status": plugin.status,
        "reason": "; ".join(reason for reason in reasons if reason) or None,
        "load_time_s": round(plugin.load_s, 4) if plugin.api_level else None,
    }


def _citation(item: Any) -> list[str]:
    citation, _ = isolated(getattr, item, "citation", None)
    return [str(citation)] if isinstance(citation, Citation) else []


def _document(records: list[dict[str, Any]]) -> Document:
    cells = (
        (
            *(_cell(each[name]) for name in COLUMNS),
            _provided(each["provides"]),
            quantity(each["load_time_s"], "s", 3),
        )
        for each in records
    )
    reasons = [f"{each['name']}: {each['reason']}" for each in records if each["reason"]]
    sources = [f"{each['name']}: {text}" for each in records for text in each["citations"]]
    return Document(
        "Plugins",
        (
            table((*COLUMNS, "provides", "load time"), cells, "api_level, load time", "api_level"),
            *([Bullets("Not in use", reasons)] if reasons else []),
            *([Bullets("Sources", sources)] if sources else []),
        ),
    )


def _provided(items: list[str]) -> str:
    """Return what a plugin supplies, a line for each kind of it."""
    names: dict[str, list[str]] = {}
    for item in items:
        what, _, name = item.rpartition(" ")
        names.setdefault(what, []).append(name)
    return ";\n".join(f"{what} {', '.join(names[what])}" for what in names) or "-"


def _cell(value: Any) -> str:
    return "-" if value is None else str(value)
