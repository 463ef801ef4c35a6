"""``fodlam-core networks``: the zoo, and what is in a network file."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from fodlam_core.cli.common import (
    add_output_arguments,
    add_plugin_arguments,
    emit,
    registry_for,
    warn,
)
from fodlam_core.documents import Bullets, Document, Text, table
from fodlam_core.layers import Network
from fodlam_core.networks.files import read_network, reader_for
from fodlam_core.networks.records import network_record
from fodlam_core.networks.zoo import zoo_names, zoo_network
from fodlam_core.output.report import Report
from fodlam_core.plugins import stdout_to_stderr
from fodlam_core.quantities import quantity
from fodlam_core.readers import ReadOptions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command and of its actions."""
    add_output_arguments(parser)
    parser.set_defaults(act=_list)
    actions = parser.add_subparsers(metavar="ACTION")
    listing = actions.add_parser("list", help="list the built-in networks (default)")
    add_output_arguments(listing)
    listing.set_defaults(act=_list)
    show = actions.add_parser("show", help="show layers, shapes and MACs of a network")
    show.add_argument("network", metavar="NAME|FILE", help="a built-in network, or a network file")
    add_output_arguments(show)
    add_plugin_arguments(show)
    show.set_defaults(act=_show)


def execute(args: argparse.Namespace) -> int:
    """Print what the action asks for."""
    with stdout_to_stderr():  # a reader that prints must not spoil the data
        report = args.act(args)
    emit(report, args)
    return 0


def _list(args: argparse.Namespace) -> Report:
    networks = [zoo_network(name) for name in zoo_names()]

    def rows() -> list[dict[str, Any]]:
        return [
            {
                "name": each.name,
                "layers": len(each.layers),
                "total_macs": each.total_macs,
                "source": each.source,
            }
            for each in networks
        ]

    def document() -> Document:
        cells = (
            (each.name, str(len(each.layers)), quantity(each.total_macs), each.source)
            for each in networks
        )
        return Document(
            "Built-in networks",
            (table(("name", "layers", "MACs", "source"), cells, "layers, MACs"),),
        )

    return Report(lambda: [document()], rows, rows)


def _show(args: argparse.Namespace) -> Report:
    network = _network(args)
    warn(network.notes)

    def rows() -> list[dict[str, Any]]:
        return [
            {
                "name": layer.name,
                "kind": layer.kind,
                "shape": str(layer.shape or ""),
                "macs": layer.macs,
                "repeat": layer.repeat,
                "parameters": layer.shape.weights if layer.shape else None,
            }
            for layer in network.layers
        ]

    return Report(lambda: [_document(network)], lambda: network_record(network), rows)


def _network(args: argparse.Namespace) -> Network:
    name = args.network
    if name in zoo_names() or not (os.path.exists(name) or os.sep in name or "." in name):
        return zoo_network(name)
    registry = registry_for(args)
    path = Path(name)
    return read_network(path, reader_for(path, registry.readers), ReadOptions())


def _document(network: Network) -> Document:
    known = [layer.shape.weights for layer in network.layers if layer.shape]
    complete = len(known) == len(network.layers)
    cells = [
        (
            layer.name,
            layer.kind,
            str(layer.shape or "-"),
            str(layer.repeat),
            quantity(layer.macs),
            quantity(layer.shape.weights) if layer.shape else "-",
        )
        for layer in network.layers
    ]
    parameters = quantity(sum(known)) if complete else "-"
    cells.append(("total", "", "", "", quantity(network.total_macs), parameters))
    skipped = [f"{name}: {count}" for name, count in network.skipped.items()]
    return Document(
        network.name,
        (
            Text(network.source),
            table(
                ("layer", "kind", "shape", "repeat", "MACs", "parameters"),
                cells,
                "repeat, MACs, parameters",
            ),
            *([Bullets("Operators without MACs", skipped)] if skipped else []),
        ),
    )
