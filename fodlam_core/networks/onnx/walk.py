"""Follows the tensors of an ONNX graph through its operators, and costs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from fodlam_core.errors import FodlamError, LayerError, NetworkError
from fodlam_core.model.layers import Layer, Network
from fodlam_core.model.shapes import FcShape, MatmulShape
from fodlam_core.networks.draft import Draft
from fodlam_core.networks.onnx.graph import Graph, load_graph
from fodlam_core.networks.onnx.layers import (
    Factor,
    attention,
    convolution,
    einsum,
    product,
)
from fodlam_core.networks.onnx.operators import (
    ARITHMETIC,
    CONVOLUTIONS,
    ELEMENTWISE,
    PRODUCTS,
    REGION_POOLS,
    STANDARD,
    SUBGRAPHS,
    full_name,
    is_free,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fodlam_core.networks.reader import ReadOptions
    from fodlam_core.networks.work import Sizes, Work


def walk(path: Path, options: ReadOptions) -> Network:
    """Read a model.

    Raises:
        NetworkError: naming file and node.
    """
    graph = load_graph(path, options)
    state = _Walk(graph, graph.batch, options)
    try:
        state.run(path)
    except _NoBatchError:
        state = _Walk(graph, 1, options)
        state.draft.notes.append(
            f"the first size of input {graph.batched!r}, {graph.batch}, is not taken as a batch: "
            "it does not divide every layer"
        )
        state.run(path)
    state.draft.notes[:0] = graph.notes
    return state.draft.network(path.stem, str(path))


class _NoBatchError(Exception):
    """The batch does not divide the work of a layer."""


class _UnknownSizeError(Exception):
    """Names a tensor whose shape is needed and not known."""


class _Tensor(NamedTuple):
    """What flows between operators.

    Attributes:
        made: the number of the operator that made it; -1 for inputs and constants.
        constant: whether it does not depend on the network's input.
        regions: whether its first axis counts regions.
        layer: the index of the costed layer it comes from, through operators that only change
            values; None if there is none.
    """

    made: int = -1
    constant: bool = False
    regions: bool = False
    layer: int | None = None


class _Walk:
    """Costs the operators in their order."""

    def __init__(self, graph: Graph, batch: int, options: ReadOptions) -> None:
        self.graph = graph
        self.batch = batch
        self.regions = options.regions
        self.draft = Draft()
        self.tensors = {name: _Tensor(constant=True) for name in graph.constants}
        self.tensors.update((name, _Tensor()) for name in graph.inputs)

    def run(self, path: Path) -> None:
        """Cost every operator; report all that is wrong at once."""
        problems = []
        for number, node in enumerate(self.graph.nodes):
            try:
                self._visit(number, node)
            except FodlamError as error:
                problems.append(f"{path}: node {_name(node)!r} ({node.op_type}): {error}")
                self._make(node, _Tensor(number))
        if problems:
            raise NetworkError("\n".join(problems[:20]))

    def _visit(self, number: int, node: Any) -> None:
        inputs = [self._read(name) for name in node.input if name]
        if all(tensor.constant for tensor in inputs):
            # Computed once, beforehand, and no part of an inference.
            self._make(node, _Tensor(constant=True))
            return
        constant = node.op_type in ("Shape", "Size")
        tensor = _Tensor(number, constant, any(each.regions for each in inputs))
        name = full_name(node.op_type, node.domain)
        if node.op_type in SUBGRAPHS and node.domain in STANDARD:
            costly = _costly(node)
            (self.draft.uncosted if costly else self.draft.skipped)[name] += 1
        elif is_free(node.op_type, node.domain):
            self.draft.skipped[name] += 1
            tensor = self._free(node, tensor, [each for each in inputs if not each.constant])
        else:
            tensor = self._cost(node, tensor, name)
        self._make(node, tensor)

    def _read(self, name: str) -> _Tensor:
        if name not in self.tensors:
            raise NetworkError(
                f"it reads {name!r}, which nothing before it makes: the graph has a cycle, is not "
                "sorted or is incomplete"
            )
        return self.tensors[name]

    def _make(self, node: Any, tensor: _Tensor) -> None:
        for name in node.output:
            if name:
                self.tensors[name] = tensor

    def _free(self, node: Any, tensor: _Tensor, varying: list[_Tensor]) -> _Tensor:
        """Return what an operator without MACs makes."""
        if node.domain in STANDARD and node.op_type in REGION_POOLS:
            dims = self.graph.dims.get(node.output[0], (None,)) if node.output else (None,)
            if self.regions is None and dims[:1] in ((), (None,)):
                raise NetworkError(
                    "what follows runs once for each region; say how many, write regions = 300 "
                    "under [network]"
                )
            return tensor._replace(regions=True)
        if not varying:
            return tensor
        if node.op_type in ELEMENTWISE or (node.op_type in ARITHMETIC and len(varying) == 1):
            return tensor._replace(layer=varying[0].layer)
        if node.op_type in ("Add", "Sum", "QLinearAdd") and self._same_sizes(node):
            last = max(varying, key=lambda each: each.made)
            if last.layer is not None:
                self.draft.mark_residual(last.layer)
            return tensor._replace(layer=last.layer)
        return tensor

    def _same_sizes(self, node: Any) -> bool:
        sizes = [
            self.graph.dims.get(name)
            for name in node.input
            if name and not self.tensors[name].constant
        ]
        return all(each == sizes[0] for each in sizes)

    def _sizes(self, name: str, tensor: _Tensor | None = None) -> Sizes:
        """Return the shape of a tensor.

        Raises:
            _UnknownSizeError: if it is not known.
        """
        dims = self.graph.dims.get(name)
        tensor = tensor or self.tensors[name]
        if dims and dims[0] is None and tensor.regions:
            dims = (self.regions, *dims[1:])
        sizes = tuple(size for size in dims or () if size is not None)
        if dims is None or len(sizes) != len(dims):
            raise _UnknownSizeError(name)
        if any(size < 1 for size in sizes):
            raise LayerError(f"tensor {name!r} has the size {list(sizes)}")
        return sizes

    def _cost(self, node: Any, tensor: _Tensor, name: str) -> _Tensor:
        """Add the layers of an operator that costs MACs."""
        try:
            works = self._works(node, tensor) if node.domain in STANDARD else []
        except _UnknownSizeError as error:
            works = []
            self.draft.notes.append(
                f"node {_name(node)!r} ({name}) cannot be costed: the shape of {error.args[0]!r} "
                "is not known"
            )
        if not works:
            self.draft.uncosted[name] += 1
            return tensor
        index = None
        for work in works:
            index = self.draft.add(self._layer(_name(node), work, tensor.regions))
        return tensor._replace(layer=index)

    def _works(self, node: Any, tensor: _Tensor) -> list[Work]:
        op = node.op_type
        if op in CONVOLUTIONS:
            data, weights = (self._sizes(_input(node, i)) for i in CONVOLUTIONS[op])
            if self.tensors[_input(node, CONVOLUTIONS[op][0])].constant:
                raise LayerError("its input is a constant")
            return [convolution(node, data, weights, self._sizes(_output(node), tensor))]
        if op in PRODUCTS:
            return [product(node, *(self._factor(node, i) for i in PRODUCTS[op]))]
        if op == "Einsum" and len(node.input) == 2:
            work = einsum(node, self._factor(node, 0), self._factor(node, 1))
            return [work] if work else []
        if op == "Attention" and not any(node.input[4:6]):
            return attention(node, *(self._sizes(_input(node, i)) for i in range(3)))
        return []

    def _factor(self, node: Any, index: int) -> Factor:
        name = _input(node, index)
        return Factor(self._sizes(name), self.tensors[name].constant)

    def _layer(self, name: str, work: Work, regions: bool) -> Layer:
        """Return a layer of one inference: the batch is divided out, regions are repeated."""
        shape, macs, items = work.shape, work.macs, work.items
        if isinstance(shape, FcShape):
            rows, repeat = self._share(shape.rows), items
            if regions and self.regions and not rows % self.regions:
                rows, repeat = rows // self.regions, items * self.regions
            shape = attrs.evolve(shape, rows=rows)
        elif isinstance(shape, MatmulShape):
            repeat = items
            shape = attrs.evolve(shape, count=self._share(shape.count))
        else:
            repeat = items if regions else self._share(items)
        return Layer(name, work.kind, shape.macs if shape else macs, shape, repeat)

    def _share(self, count: int) -> int:
        if count % self.batch:
            raise _NoBatchError
        return count // self.batch


def _name(node: Any) -> str:
    return node.name or next((name for name in node.output if name), "") or node.op_type


def _input(node: Any, index: int) -> str:
    name = node.input[index] if index < len(node.input) else ""
    if not name:
        raise LayerError(f"its input {index + 1} is missing")
    return str(name)


def _output(node: Any) -> str:
    if not node.output:
        raise LayerError("it has no output")
    return str(node.output[0])


def _costly(node: Any) -> bool:
    """Tell whether a graph inside an operator, at any depth, holds more than free operators."""
    stack: list[Any] = [node]
    while stack:
        for attribute in stack.pop().attribute:
            graphs: Iterable[Any] = (*([attribute.g] if attribute.HasField("g") else ()),
                                     *attribute.graphs)  # fmt: skip
            for inner in (each for graph in graphs for each in graph.node):
                if inner.op_type in SUBGRAPHS:
                    stack.append(inner)
                elif not is_free(inner.op_type, inner.domain):
                    return True
    return False
