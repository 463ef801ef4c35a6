"""What the graphs inside an operator read from around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.networks.onnx.operators import RANDOM, STANDARD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.networks.onnx.tensor import Tensor


def graphs_of(node: Any) -> list[Any]:
    """Return the graphs inside an operator."""
    found = []
    for each in node.attribute:
        if each.HasField("g"):
            found.append(each.g)
        found.extend(each.graphs)
    return found


class Captures:
    """Finds what operators read besides their inputs, each operator once."""

    def __init__(self) -> None:
        # Operators are held, so that no id recurs.
        self._known: dict[int, tuple[Any, frozenset[str], bool]] = {}

    def of(self, node: Any) -> tuple[frozenset[str], bool]:
        """Return the names that its graphs read from around it, and whether chance plays a part."""
        if not node.attribute:
            return frozenset(), _random(node)
        if id(node) not in self._known:
            names, random = set[str](), _random(node)
            for graph in graphs_of(node):
                inner, inside = self._graph(graph)
                names |= inner
                random = random or inside
            self._known[id(node)] = (node, frozenset(names), random)
        return self._known[id(node)][1:]

    def _graph(self, graph: Any) -> tuple[set[str], bool]:
        own = {each.name for each in (*graph.input, *graph.initializer)}
        read, random = set[str](), False
        for node in graph.node:
            inner, inside = self.of(node)
            read |= (inner | set(node.input)) - own
            own.update(node.output)
            random = random or inside
        read |= {each.name for each in graph.output} - own
        return read - {""}, random


def _random(node: Any) -> bool:
    return node.op_type in RANDOM and node.domain in STANDARD


def trains(node: Any, inputs: Sequence[Tensor | None]) -> bool:
    """Tell whether an operator drops values by chance: a ``Dropout`` in training mode."""
    if node.op_type != "Dropout" or len(inputs) < 3 or inputs[2] is None:
        return False
    told = inputs[2].known
    return told is None or bool(told.any())
