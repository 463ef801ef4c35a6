"""What onnxruntime may call the layers of an ONNX file that it fuses with what comes after them.

A convolution in the runtime's own layout is called as what it writes; with an activation, or a sum
and an activation, that is what the last of them writes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fodlam_core.model.layers import layer_key
from fodlam_core.networks.onnx.graph import load_graph
from fodlam_core.networks.onnx.links import Links
from fodlam_core.networks.onnx.node import name_of
from fodlam_core.networks.reader import ReadOptions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

COMPUTES = ("Conv", "Gemm", "MatMul")
"""Parts of the types of operators that compute layers, the fused ones too."""
FUSED = (
    *("Add", "BatchNormalization", "Clip", "HardSigmoid", "HardSwish", "LeakyRelu", "Mul"),
    *("Relu", "Sigmoid", "Sum", "Tanh"),
)
MOST = 4
"""Operators that the runtime fuses with a layer, at most."""


def computes(op_type: str) -> bool:
    """Tell whether an operator computes a layer.

    >>> computes("FusedConv"), computes("Relu")
    (True, False)
    """
    return any(each in op_type for each in COMPUTES)


def fused_names(path: str) -> dict[str, tuple[str, ...]]:
    """Return further names of the layers of a file, by the key of the layer, as keys.

    Raises:
        NetworkError: if the file cannot be read.
    """
    graph = load_graph(Path(path), ReadOptions()).proto
    links = Links(graph.node, [each.name for each in graph.output], {}, 1)
    layers = [node for node in links.nodes if computes(node.op_type)]
    own = {layer_key(name_of(node)) for node in layers}
    return {
        layer_key(name_of(node)): tuple(
            key for key in dict.fromkeys(map(layer_key, _names(node, links))) if key not in own
        )
        for node in layers
    }


def _names(node: Any, links: Links) -> Iterator[str]:
    """Give what a layer writes, and the names and results of what may be fused with it."""
    yield node.output[0]
    for _ in range(MOST):
        node = links.reader(node)
        if node is None or node.op_type not in FUSED:
            return
        yield from (name_of(node), node.output[0])
