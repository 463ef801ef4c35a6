"""What ``networks`` says of transformers: its options, and what it shows besides the layers."""

from __future__ import annotations

import argparse
import re
from itertools import groupby
from typing import TYPE_CHECKING

from fodlam_core.model.transformer import TransformerFacts, layer_group
from fodlam_core.networks.reader import TokenOptions
from fodlam_core.report.document import Bullets, Table, table
from fodlam_core.report.units import quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.model.layers import Layer, Network

MOST = 100_000_000


def add_token_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what says what goes through a transformer."""
    group = parser.add_argument_group("transformers (built in, or from a config.json)")
    for name, help in (
        ("prompt", "tokens of the prompt, processed at once (prefill)"),
        ("generate", "tokens that are generated after them (decode)"),
        ("context", "instead: one decode step that attends to N keys"),
    ):
        group.add_argument(f"--{name}", type=_count, metavar="N", help=help)
    for name, choices, help in (
        ("decode", ("mean", "stepped"), "decode steps at their mean context (default), or each"),
        ("logits", ("last", "all"), "rows of a prompt that the head is computed for"),
        ("mla", ("absorbed", "expanded"), "how decode steps compute latent attention"),
        ("causal", ("full", "half"), "whether products that the mask hides count (default: full)"),
        ("part", ("encode", "prefill", "decode"), "only this part of a run"),
    ):
        group.add_argument(f"--{name}", choices=choices, help=help)
    group.add_argument("--weights", metavar="NAME", help="the format of the weights: int4, fp8 ...")


def _count(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text) or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {MOST}")
    return int(text)


def token_options(args: argparse.Namespace) -> TokenOptions:
    """Return what the arguments say."""
    return TokenOptions(*(getattr(args, name) for name in TokenOptions._fields))


def facts_blocks(facts: TransformerFacts, batch: int) -> Iterator[Table | Bullets]:
    """Yield the sizes of a transformer, and what it runs."""
    memory, rows = facts.memory(batch), [("parameters", quantity(facts.parameters))]
    if facts.active_parameters != facts.parameters:
        rows.append(("parameters that a token uses", quantity(facts.active_parameters)))
    for what, size in (
        ("cache for each token, 16 bits", facts.kv_bytes_per_token),
        ("cache for each token of the encoder", facts.cross_kv_bytes_per_token),
    ):
        if size is not None:
            rows.append((what, quantity(size, "B")))
    sequences = f"{batch} sequence{'s' if batch > 1 else ''}"
    rows += [
        (f"memory for weights, {facts.precision}", quantity(memory.weights, "B")),
        (f"memory for the cache of {sequences}", quantity(memory.cache, "B")),
        (f"memory for activations of {sequences}", quantity(memory.activations, "B")),
        ("memory in all", quantity(memory.total, "B")),
    ]
    yield table(("", "size"), rows, "size")
    yield Bullets("What runs", (f"{phase.name}: {phase.text}" for phase in facts.phases))


def blocks_table(network: Network) -> Table:
    """Return the layers with those of equal name and shape in one row, whatever their block."""
    order: dict[tuple[object, ...], list[Layer]] = {}
    for layer in network.layers:
        key = (layer_group(layer.name), layer.shape, layer.repeat)
        order.setdefault(key, []).append(layer)
    rows = [
        (
            str(key[0]),
            layers[0].kind,
            str(layers[0].shape or "-"),
            str(sum(layer.repeat for layer in layers)),
            quantity(layers[0].macs),
            quantity(sum(layer.total_macs for layer in layers)),
        )
        for key, layers in order.items()
    ]
    for phase, layers in groupby(network.layers, lambda layer: layer.name.partition("/")[0]):
        rows.append((f"{phase}, total", "", "", "", "", _total(layers)))
    header = ("layer", "kind", "shape", "runs", "MACs of one", "MACs")
    return table(header, rows, "runs, MACs of one, MACs", "MACs of one, kind")


def _total(layers: Iterator[Layer]) -> str:
    return quantity(sum(layer.total_macs for layer in layers))
