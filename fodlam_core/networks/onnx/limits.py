"""Keeps a small file from growing without bounds while the onnx library works on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Operators that are followed, each pass of a loop counted, and what takes as long as some of them:
# sizes that did not occur before, long lists. The largest networks known have fewer than half of
# these, and more would take longer than anyone waits for a list of layers.
MAX_STEPS = 100_000
MAX_SIZE = 10**12
# Inputs other than weights; the largest networks known have hundreds, for caches of attention.
MAX_INPUTS = 10_000


def check_functions(model: Any, path: Path) -> None:
    """Check that the functions of a model end, and in how many operators.

    Functions that call others twice make a network of 2^n operators in n lines.

    Raises:
        NetworkError: if a function calls itself, or the model grows too large.
    """
    functions = {(each.domain, each.name): each for each in model.functions}
    sizes: dict[tuple[str, str], int] = {}
    calling: set[tuple[str, str]] = set()

    def size(nodes: Any) -> int:
        total = 0
        for node in _all_nodes(nodes):
            key = (node.domain, node.op_type)
            total += 1
            if key in functions:
                total += function_size(key)
        return total

    def function_size(key: tuple[str, str]) -> int:
        if key in calling:
            raise NetworkError(f"{path}: function {key[1]!r} calls itself")
        if key not in sizes:
            calling.add(key)
            sizes[key] = size(functions[key].node)
            calling.remove(key)
        return sizes[key]

    if size(model.graph.node) > MAX_STEPS:
        raise NetworkError(f"{path}: its functions unfold to more than {MAX_STEPS} operators")


def _all_nodes(nodes: Any) -> Iterator[Any]:
    """Yield operators, those of the graphs inside them included."""
    for node in nodes:
        yield node
        for attribute in node.attribute:
            for graph in (attribute.g, *attribute.graphs):
                yield from _all_nodes(graph.node)
