"""Who makes and who reads each tensor of a graph, and how large it is in one inference."""

from __future__ import annotations

from collections import defaultdict
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fodlam_core.networks.onnx.tensor import Tensor

MOST_ELEMENTS = 10**15
# They make what they read.
THROUGH = ("Identity", "Dropout")


class Links:
    """The links between the operators of a graph, those of `THROUGH` passed over.

    Attributes:
        nodes: the operators, in order, without those.
        makers: what makes a tensor, by its name.
        readers: what reads it, each once, and None where the graph returns it.
    """

    def __init__(
        self,
        nodes: Sequence[Any],
        outputs: Iterable[str],
        scope: Mapping[str, Tensor],
        batch: int,
    ) -> None:
        self.scope, self.batch = scope, batch
        self.nodes: list[Any] = []
        self.makers: dict[str, Any] = {}
        self.readers: defaultdict[str, list[Any]] = defaultdict(list)
        self._roots: dict[str, str] = {}
        self._read: dict[int, list[str]] = {}
        for node in nodes:
            if not node.output:
                continue
            if node.op_type in THROUGH and node.input:
                self._roots[node.output[0]] = self._root(node.input[0])
                continue
            self.nodes.append(node)
            self.makers.update(dict.fromkeys(node.output, node))
            names = [self._root(name) for name in node.input if name]
            self._read[id(node)] = names
            for name in dict.fromkeys(names):
                self.readers[name].append(node)
        for name in outputs:
            self.readers[self._root(name)].append(None)

    def _root(self, name: str) -> str:
        return self._roots.get(name, name)

    def reader(self, node: Any) -> Any:
        """Return the only operator that reads what an operator makes; None if it is not one."""
        readers = self.readers[node.output[0]]
        return readers[0] if len(readers) == 1 else None

    def inputs(self, node: Any) -> list[str]:
        """Return what an operator reads that depends on the inputs of the network."""
        names = self._read[id(node)]
        return [name for name in names if name in self.scope and not self.is_constant(name)]

    def constants(self, node: Any) -> list[int | None]:
        """Return the sizes of the constants that an operator reads."""
        return [self.size(name) for name in self._read[id(node)] if self.is_constant(name)]

    def is_constant(self, name: str) -> bool:
        """Tell whether a tensor depends on no input of the network."""
        return name in self.scope and self.scope[name].constant

    def size(self, name: str) -> int | None:
        """Return the elements of a tensor, of one inference; None if it cannot be counted."""
        tensor = self.scope.get(name)
        known = [size for size in (tensor and tensor.dims) or () if size]
        if tensor is None or tensor.dims is None or len(known) < len(tensor.dims):
            return None
        size = prod(known) if tensor.constant else max(1, prod(known) // self.batch)
        return size if size <= MOST_ELEMENTS else None
