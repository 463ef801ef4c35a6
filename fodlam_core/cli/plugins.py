"""``fodlam-core plugins``: what is installed, from where, and what cannot be used and why."""

from __future__ import annotations

import argparse
from typing import Any

from fodlam_core.cli.common import add_output_arguments, emit
from fodlam_core.documents import Bullets, Document, table
from fodlam_core.output.report import Report
from fodlam_core.plugins import Plugin
from fodlam_core.registry import SUPPLIES, Registry, load_registry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_output_arguments(parser)


def execute(args: argparse.Namespace) -> int:
    """Print the installed plugins."""
    registry = load_registry()
    records = [_record(plugin) for plugin in registry.plugins]

    def rows() -> list[dict[str, Any]]:
        return [{**each, "provides": "; ".join(each["provides"])} for each in records]

    emit(Report(lambda: [_document(registry, rows())], lambda: records, rows), args)
    return 0


def _record(plugin: Plugin) -> dict[str, Any]:
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "status": "broken" if plugin.problem else "active",
        "reason": plugin.problem,
        "provides": [
            f"{SUPPLIES[hook][0]} {item.name}"
            for hook, items in plugin.provided.items()
            for item in items
        ],
    }


def _document(registry: Registry, rows: list[dict[str, Any]]) -> Document:
    header = ("name", "distribution", "version", "status", "provides", "reason")
    cells = (tuple(str(row[name] or "-") for name in header) for row in rows)
    conflicts = tuple(registry.conflicts.values())
    return Document(
        "Plugins",
        (table(header, cells), *([Bullets("Names claimed twice", conflicts)] if conflicts else [])),
    )
