"""Keeps a small file from growing without bounds while the onnx library works on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.errors import NetworkError
from fodlam_core.model.converters import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MAX_NODES = 1_000_000
MAX_VALUES = 100_000
MAX_SIZE = 10**12
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


def check_sizes(dims: Mapping[str, tuple[int | None, ...]], path: Path) -> None:
    """Check that no tensor has a size that no network has.

    Raises:
        NetworkError: naming the tensor.
    """
    for name, sizes in dims.items():
        if any(size is not None and size > MAX_SIZE for size in sizes):
            raise NetworkError(f"{path}: tensor {name!r} is absurdly large: {list(sizes)}")


def _all_nodes(nodes: Any) -> Iterator[Any]:
    """Yield operators, those of the graphs inside them included."""
    for node in nodes:
        yield node
        for attribute in node.attribute:
            for graph in (attribute.g, *attribute.graphs):
                yield from _all_nodes(graph.node)


def values_stay_few(graph: Any) -> bool:
    """Tell whether sizes may be computed from sizes without the lists of them growing long.

    A list that is joined with itself again and again has 2^n values after n operators, and the
    library takes any input of one dimension for such a list.
    """
    lengths: dict[str, int] = {}
    for value in graph.input:
        dims = value.type.tensor_type.shape.dim
        if len(dims) == 1:
            lengths[value.name] = dims[0].dim_value
    if any(length > MAX_VALUES for length in lengths.values()):
        return False
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
