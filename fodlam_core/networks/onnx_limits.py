"""Keeps a small file from growing without bounds while the onnx library works on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fodlam_core.errors import NetworkError
from fodlam_core.values import words

MAX_NODES = 1_000_000
MAX_VALUES = 100_000
_FEW = 64
# What the library computes on the values of small tensors, one value from one.
_PASS = words("Abs Add Cast Div Floor Gather Identity Mul Neg Slice Squeeze Sub Unsqueeze Where")


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

    if size(model.graph.node) > MAX_NODES:
        raise NetworkError(f"{path}: its functions unfold to more than {MAX_NODES} operators")


def _all_nodes(nodes: Any) -> Iterator[Any]:
    """Yield operators, those of the graphs inside them included."""
    for node in nodes:
        yield node
        for attribute in node.attribute:
            for graph in (attribute.g, *attribute.graphs):
                yield from _all_nodes(graph.node)


def values_stay_few(graph: Any) -> bool:
    """Tell whether sizes may be computed from sizes without the lists of them growing long.

    A list that is joined with itself again and again has 2^n values after n operators.
    """
    lengths: dict[str, int] = {}
    for node in graph.node:
        given = [lengths.get(name, _FEW) for name in node.input]
        length = _FEW
        if node.op_type == "Concat":
            length = sum(given)
        elif node.op_type in _PASS and given:
            length = max(given)
        if length > MAX_VALUES:
            return False
        lengths.update(dict.fromkeys(node.output, length))
    return True
