"""From an ONNX file to a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.errors import NetworkError
from fodlam_core.networks.draft import computed_beforehand, some
from fodlam_core.networks.onnx.elsewhere import BLOCKS
from fodlam_core.networks.onnx.graph import Graph, load_graph
from fodlam_core.networks.onnx.memory_passes import memory_passes
from fodlam_core.networks.onnx.node import name_of
from fodlam_core.networks.onnx.operators import is_free
from fodlam_core.networks.onnx.tensor import Tensor, described, stored
from fodlam_core.networks.onnx.walk import NoBatchError, Scope, Walk

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fodlam_core.model.layers import Network
    from fodlam_core.networks.onnx.operators import Rule
    from fodlam_core.networks.reader import ReadOptions


def read(path: Path, options: ReadOptions, rules: Mapping[str, Rule]) -> Network:
    """Read a model.

    Args:
        path: the file.
        options: what is said about it.
        rules: what operators cost, by their names.

    Raises:
        NetworkError: naming file and node, or with a question for sizes that are not known.
    """
    graph = load_graph(path, options)
    try:
        walk, scope = _walked(graph, options, rules, graph.inputs.batch)
    except NoBatchError:
        walk, scope = _walked(graph, options, rules, 1)
        walk.draft.notes.append(
            f"the size {graph.inputs.batch} of input {graph.inputs.batched!r} is not taken as a "
            "batch: it does not divide every layer"
        )
    except NetworkError as error:
        raise NetworkError(f"{path}: {error}") from None
    if walk.problems:
        raise NetworkError(*walk.problems, where=str(path))
    if walk.asked:
        raise NetworkError(graph.inputs.question())
    walk.draft.notes[:0] = graph.inputs.notes
    if any(node.domain == BLOCKS for node in graph.proto.node):
        walk.draft.notes.append(
            "optimised for one machine: channels are rounded up to whole blocks, with their MACs"
        )
    walk.draft.notes += _unreached(graph, walk, scope)
    passes, unknown = memory_passes(
        graph.proto.node, [each.name for each in graph.proto.output], scope, walk.batch
    )
    if unknown:
        walk.draft.notes.append(
            f"no passes over memory, as their sizes are not known: {some(unknown)}"
        )
    return walk.draft.network(path.stem, str(path), passes)


def _walked(
    graph: Graph, options: ReadOptions, rules: Mapping[str, Rule], batch: int
) -> tuple[Walk, Scope]:
    walk = Walk(rules, graph.opsets, graph.declared, batch, options.regions)
    scope: Scope = {tensor.name: stored(tensor) for tensor in graph.proto.initializer}
    for sparse in graph.proto.sparse_initializer:
        dims = tuple(sparse.dims)
        scope[sparse.values.name] = Tensor(sparse.values.data_type, dims, constant=True)
    asked = graph.inputs.open()
    for value in graph.inputs.values:
        scope[value.name] = described(value.type)._replace(asks=value.name in asked)
    walk.run(graph.proto.node, scope)
    return walk, scope


def _unreached(graph: Graph, walk: Walk, scope: Scope) -> list[str]:
    """Return notes on inputs and work that no output depends on, and constant outputs."""
    notes, idle = [], []
    live = {value.name for value in graph.proto.output}
    for node in reversed(graph.proto.node):
        if live.intersection(node.output):
            live.update(node.input)
            live.update(walk.captures.of(node)[0])
        elif not is_free(node.op_type, node.domain):
            idle.append(node)
    unread = [value.name for value in graph.inputs.values if value.name not in live]
    if len(unread) > 3:
        notes.append(f"inputs {some(unread)}: no output depends on any of these {len(unread)}")
    else:
        notes += [f"input {name!r}: no output depends on it" for name in unread]
    names = [name_of(node) for node in reversed(idle) if _varies(node, scope)]
    if names:
        notes.append(f"no output depends on {some(names)}, counted anyway")
    if walk.folded:
        notes.append(computed_beforehand(walk.folded))
    for value in graph.proto.output:
        made = scope.get(value.name)
        if made is not None and made.constant:
            notes.append(f"output {value.name!r}: it depends on no input")
    return notes


def _varies(node: Any, scope: Scope) -> bool:
    return any(name in scope and not scope[name].constant for name in node.output)
