"""``fodlam-core networks``: the zoo, what is in a network file, and conversion."""

from __future__ import annotations

import argparse
import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fodlam_core.cli.common import add_action, add_output_arguments, emit, registry_for, warn
from fodlam_core.cli.transformers import (
    add_token_arguments,
    blocks_table,
    facts_blocks,
    token_options,
)
from fodlam_core.errors import NetworkError, Setting, in_toml, unknown
from fodlam_core.networks.files import open_network
from fodlam_core.networks.reader import ReadOptions, TokenOptions
from fodlam_core.networks.records import network_record
from fodlam_core.networks.zoo import zoo_names, zoo_network
from fodlam_core.plugins import stdout_to_stderr
from fodlam_core.report.document import Bullets, Document, Text, table
from fodlam_core.report.report import Report, as_json
from fodlam_core.report.units import quantity
from fodlam_core.report.write import write

if TYPE_CHECKING:
    from fodlam_core.model.layers import Network

MOST = 1_000_000
FLAGS = {
    "inputs": "--input",
    "input": "--input",
    "symbols": "--symbol",
    "batch_axis": "--batch-axis",
    "regions": "--regions",
    "format": "--file-format",
    **{key: f"--{key}" for key in TokenOptions._fields},
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command and of its actions."""
    add_output_arguments(parser)
    parser.set_defaults(act=_list, words=_words)
    actions = parser.add_subparsers(metavar="ACTION")
    add_action(actions, "list", _list, "list the built-in networks (default)")
    show = add_action(actions, "show", _show, "show layers, shapes and MACs of a network")
    _add_network_arguments(show)
    show.add_argument(
        "--batch",
        type=_count,
        default=1,
        metavar="N",
        help="inferences, of a transformer sequences, that totals and memory are for (default 1)",
    )
    show.add_argument(
        "--blocks",
        action=argparse.BooleanOptionalAction,
        help="in a table: one row for equal layers of a transformer's blocks (default: yes)",
    )
    convert = add_action(
        actions,
        "convert",
        _convert,
        "write a network as a native table or as FODLAM's statistics",
        output=False,
    )
    _add_network_arguments(convert)
    convert.add_argument("target", metavar="OUT", help="a .toml or .json file; - for the screen")
    convert.add_argument(
        "--to",
        choices=("native", "fodlam"),
        default="native",
        help="native: the layer table, in TOML or JSON (default); fodlam: FODLAM's statistics",
    )


def _add_network_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "network", metavar="NAME|FILE", help="a built-in network, or a network file"
    )
    parser.add_argument(
        "--input",
        type=_input,
        action="append",
        default=[],
        metavar="[NAME=]C,H,W",
        help="size of the first input without the batch, such as 3,600,1000; or of the input NAME, "
        "batch and all; may be repeated",
    )
    parser.add_argument(
        "--symbol",
        type=_symbol,
        action="append",
        default=[],
        metavar="NAME=N",
        help="the size of a symbol in the file, such as seq=128; may be repeated",
    )
    parser.add_argument(
        "--batch-axis",
        type=_axis,
        metavar="N|none",
        help="the axis of the first input that is the batch; none: no axis is",
    )
    parser.add_argument(
        "--regions", type=_count, metavar="N", help="how often layers per region run"
    )
    parser.add_argument(
        "--file-format", metavar="NAME", help="the reader; by default by suffix and content"
    )
    add_token_arguments(parser)


def _count(text: str) -> int:
    if not re.fullmatch("[0-9]{1,7}", text) or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {MOST}")
    return int(text)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(map(_count, text.split(",")))


def _input(text: str) -> tuple[str | None, tuple[int, ...]]:
    name, equals, sizes = text.rpartition("=")
    return (name if equals else None), _sizes(sizes)


def _symbol(text: str) -> tuple[str, int]:
    name, equals, size = text.rpartition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=N, such as seq=128")
    return name, _count(size)


def _axis(text: str) -> int | Literal["none"]:
    if text == "none":
        return "none"
    if not re.fullmatch("[0-9]{1,2}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is neither the number of an axis nor none")
    return int(text)


def _read_options(args: argparse.Namespace) -> ReadOptions:
    """Return what the options say about a file.

    Raises:
        NetworkError: if one thing is said twice.
    """
    for option, pairs in (("--input", args.input), ("--symbol", args.symbol)):
        names = [name for name, _ in pairs]
        for name in names:
            if names.count(name) > 1:
                raise NetworkError(f"{option}{f' {name}' if name else ''}: given twice")
    first = dict(args.input)
    inputs = {name: sizes for name, sizes in args.input if name is not None}
    return ReadOptions(
        input=first.get(None),
        regions=args.regions,
        inputs=inputs or None,
        symbols=dict(args.symbol) or None,
        batch_axis=args.batch_axis,
    )


def execute(args: argparse.Namespace) -> int:
    """Do what the action asks for."""
    args.act(args)
    return 0


def _words(setting: Setting) -> str:
    """Say a key of the configuration as an option of the command.

    >>> _words(Setting(("network",), "input", "[3, 8, 8]"))
    '--input 3,8,8'
    >>> _words(Setting(("network",), "symbols", "{ seq = 128, past = 64 }"))
    '--symbol seq=128 --symbol past=64'
    """
    flag = FLAGS.get(setting.key)
    if setting.path != ("network",) or flag is None:
        return in_toml(setting)
    if setting.key in ("inputs", "symbols") and setting.value:
        import tomli

        pairs = tomli.loads(f"pairs = {setting.value}")["pairs"]
        texts = (shlex.quote(f"{name}={_plain(str(value))}") for name, value in pairs.items())
        return " ".join(f"{flag} {text}" for text in texts)
    return " ".join((flag, _plain(setting.value))).strip()


def _plain(value: str) -> str:
    return value.strip('[]"').replace(" ", "")


def _list(args: argparse.Namespace) -> None:
    networks = [zoo_network(name) for name in zoo_names()]

    def rows() -> list[dict[str, Any]]:
        return [
            {
                "name": each.name,
                "layers": len(each.layers),
                "total_macs": each.total_macs,
                "parameters": each.transformer.parameters if each.transformer else None,
                "source": each.source,
            }
            for each in networks
        ]

    def document() -> Document:
        cells = (
            (
                each.name,
                str(len(each.layers)),
                quantity(each.total_macs),
                quantity(each.transformer.parameters) if each.transformer else "",
            )
            for each in networks
        )
        header = ("name", "layers", "MACs", "parameters")
        return Document(
            "Built-in networks",
            (
                table(header, cells, "layers, MACs, parameters"),
                Text("parameters: of transformers; networks show NAME prints layers and source"),
            ),
        )

    emit(Report(lambda: [document()], rows, rows), args)


def _show(args: argparse.Namespace) -> None:
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

    def documents() -> list[Document]:
        return [_document(network, args.batch, blocks=args.blocks is not False)]

    emit(Report(documents, lambda: network_record(network, args.batch), rows), args)


def _convert(args: argparse.Namespace) -> None:
    suffix = os.path.splitext(args.target)[1].lower()
    suffixes = (".json",) if args.to == "fodlam" else (".toml", ".json")
    if args.target != "-" and suffix not in suffixes:
        raise NetworkError(
            f"{args.target}: the name of a {args.to} file ends in {' or '.join(suffixes)}"
        )
    network = _network(args)
    warn(network.notes)
    if args.to == "fodlam":
        from fodlam_core.networks.statistics import statistics_rows

        text = as_json(statistics_rows(network))
        repeated = [layer.name for layer in network.layers if layer.repeat > 1]
        if repeated:
            warn([f"MACs are those of one item; the number of runs is lost: {', '.join(repeated)}"])
    else:
        from fodlam_core.networks.native.text import native_json, native_toml

        text = native_json(network) if suffix == ".json" else native_toml(network)
    write(text, args.target)


def _network(args: argparse.Namespace) -> Network:
    name: str = args.network
    names = zoo_names()
    if name in names:
        keys = ("input", "symbol", "batch_axis", "regions", "file_format")
        given = [key for key in keys if getattr(args, key) not in (None, [])]
        if given:
            options = ", ".join(f"--{key.replace('_', '-')}" for key in given)
            raise NetworkError(f"{name} is built in; only for a network file: {options}")
        return zoo_network(name, token_options(args))
    if not os.path.lexists(name) and os.sep not in name:
        raise NetworkError(
            f"{name or repr(name)}: no such file, and {unknown('network', name, names)}"
        )
    registry = registry_for(args)
    with stdout_to_stderr():  # a reader that prints must not spoil the data
        return open_network(
            Path(name),
            registry.readers,
            _read_options(args)._replace(shapes=registry.shapes, tokens=token_options(args)),
            registry.reader(args.file_format) if args.file_format else None,
        )


def _passes(network: Network) -> dict[str, str]:
    """Return by operator how many passes there are, and over how many elements."""
    counts: dict[str, int] = {}
    elements: dict[str, int] = {}
    for each in network.memory_passes:
        counts[each.operator] = counts.get(each.operator, 0) + each.count
        elements[each.operator] = elements.get(each.operator, 0) + each.count * each.elements
    return {name: f"{counts[name]}, {quantity(elements[name])} elements" for name in counts}


def _document(network: Network, batch: int, *, blocks: bool) -> Document:
    facts, source = network.transformer, [Text(network.source)] if network.source else []
    if facts is not None and blocks:
        return Document(network.name, (*source, *facts_blocks(facts, batch), blocks_table(network)))
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
    weights = quantity(sum(known)) if complete else "-"
    cells.append(("total", "", "", "", quantity(network.total_macs), weights))
    lists = {
        "Operators without MACs": network.skipped,
        "Passes of these over memory": _passes(network),
        "Operators whose MACs are not known": network.uncosted,
    }
    return Document(
        network.name,
        (
            *source,
            *(facts_blocks(facts, batch) if facts else ()),
            table(
                ("layer", "kind", "shape", "repeat", "MACs", "weights"),
                cells,
                "repeat, MACs, weights",
            ),
            Text("Weights: parameters without biases, which take no MACs."),
            *(
                Bullets(title, (f"{name}: {count}" for name, count in counts.items()))
                for title, counts in lists.items()
                if counts
            ),
        ),
    )
