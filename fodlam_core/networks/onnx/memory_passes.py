"""Which operators without MACs pass over memory, and over how much, by the graph around them.

What runtimes compute as part of another operator does not pass over memory again: a Relu, a bias or
a shortcut after a convolution, the scale of a product. Operators that make one function together
are one pass, see `functions`. These fusions are common to runtimes; those of ONNX Runtime are in
https://github.com/microsoft/onnxruntime/tree/main/onnxruntime/core/optimizer:
``conv_activation_fusion``, ``conv_add_fusion``, ``conv_bn_fusion``, ``nchwc_transformer``,
``matmul_add_fusion``, ``matmul_scale_fusion``, ``gelu_fusion``, ``quick_gelu_fusion``,
``layer_norm_fusion``, ``skip_layer_norm_fusion``.
"""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING, Any

from fodlam_core.model.converters import words
from fodlam_core.model.memory_pass import MemoryPass
from fodlam_core.networks.onnx.functions import Function, functions
from fodlam_core.networks.onnx.links import Links
from fodlam_core.networks.onnx.node import attribute, name_of
from fodlam_core.networks.onnx.operators import is_free

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fodlam_core.networks.onnx.tensor import Tensor

# They show the same memory in another form, are known beforehand, or hold many tensors. Runtimes
# take operators between a DequantizeLinear and a QuantizeLinear for one of whole numbers.
NO_PASS = words("""
    Constant ConcatFromSequence DequantizeLinear Flatten Optional OptionalGetElement
    OptionalHasElement QuantizeLinear Reshape SequenceAt SequenceConstruct SequenceEmpty
    SequenceErase SequenceInsert SequenceLength Shape Size SplitToSequence Squeeze Unsqueeze
""")
# Cheap beside the multiplications of the layer before them.
ACTIVATIONS = words("Clip LeakyRelu PRelu Relu")
# They read of their input as much as they write.
PICKS = words("""
    Compress CenterCropPad Expand Gather GatherElements GatherND Pad Slice Split Tile
""")
BINARY = words("Add And Div Equal Greater Less Max Min Mod Mul Or Pow PRelu Sub Sum Where Xor")
# Of ONNX Runtime's own: what the same is called here.
SAME_AS = {
    "BiasGelu": "Gelu",
    "FastGelu": "Gelu",
    "QuickGelu": "Swish",
    "SkipLayerNormalization": "Add LayerNormalization",
    "SkipSimplifiedLayerNormalization": "Add RMSNormalization",
    "SimplifiedLayerNormalization": "RMSNormalization",
}
POOLS = ("AveragePool", "LpPool", "MaxPool")
NORMALIZATIONS = ("LayerNormalization", "RMSNormalization")

Key = tuple[str, int, int, int]


def memory_passes(
    nodes: Sequence[Any], outputs: Iterable[str], scope: Mapping[str, Tensor], batch: int
) -> tuple[tuple[MemoryPass, ...], Sequence[str]]:
    """Return the passes over memory of a graph, and the names of those of unknown size.

    Args:
        nodes: its operators, in order; graphs inside them are not looked into.
        outputs: the names of what the graph returns.
        scope: what is known of every tensor.
        batch: inferences that the sizes are for.
    """
    passes = _Passes(Links(nodes, outputs, scope, batch))
    found = Counter(passes.found())
    return tuple(MemoryPass(*key, count=count) for key, count in found.items()), passes.open


class _Passes:
    def __init__(self, links: Links) -> None:
        self.links = links
        found = functions(links)
        self.functions = {id(node): each for each in found for node in each.nodes}
        # What makes a tensor that comes from a layer, with all that is part of it.
        self.layers: dict[str, Any] = {}
        self.open: list[str] = []

    def found(self) -> Iterable[Key]:
        for node in self.links.nodes:
            if not is_free(node.op_type, node.domain):
                self.layers.update(dict.fromkeys(node.output, node))
                continue
            function = self.functions.get(id(node))
            key = None
            if function is not None:
                key = self._function(function) if node is function.nodes[-1] else None
            elif not self._no_pass(node):
                key = self._pass(node)
            if key is not None:
                yield key

    def _function(self, function: Function) -> Key | None:
        name, nodes, given = function
        size = self.links.size(given)
        return None if size is None else self._normalized(name, given, nodes, size)

    def _normalized(self, name: str, given: str, nodes: Sequence[Any], size: int) -> Key:
        """Return the pass of a function, together with a sum that is read by nothing else."""
        if name in NORMALIZATIONS and self._is_sum(self.links.makers.get(given), nodes):
            return f"Add {name}", 2 * size, size, 1
        return name, size, size, 1

    def _is_sum(self, node: Any, readers: Sequence[Any]) -> bool:
        if node is None or node.op_type != "Add" or len(self._equal(node)) != 2:
            return False
        ids = set(map(id, readers))
        return all(id(each) in ids for each in self.links.readers[node.output[0]])

    def _equal(self, node: Any) -> list[str]:
        """Return what an operator reads that is as large as what it makes."""
        size = self.links.size(node.output[0])
        return [name for name in self.links.inputs(node) if self.links.size(name) == size]

    def _no_pass(self, node: Any) -> bool:
        """Tell whether an operator is part of another one, or works on nothing that varies."""
        inputs = self.links.inputs(node)
        if node.op_type in NO_PASS or not inputs or self.links.is_constant(node.output[0]):
            return True
        layer = self._of_layer(node, inputs)
        if layer is not None:
            self.layers[node.output[0]] = layer
            return True
        reader = self.links.reader(node)
        if node.op_type == "Pad" or (node.op_type in ("Mul", "Div") and self._scales(node)):
            return reader is not None and not is_free(reader.op_type, reader.domain)
        return self._precedes_normalization(node)

    def _precedes_normalization(self, node: Any) -> bool:
        reader = next(iter(self.links.readers[node.output[0]]), None)
        if reader is None:
            return False
        if reader.op_type in NORMALIZATIONS:
            return self._is_sum(node, [reader])
        function = self.functions.get(id(reader))
        if function is None or function.name not in NORMALIZATIONS:
            return False
        return self._is_sum(node, function.nodes)

    def _of_layer(self, node: Any, inputs: Sequence[str]) -> Any:
        """Return the layer that an operator is computed with; None if with none."""
        own = [name for name in inputs if len(self.links.readers[name]) == 1]
        layer = next((self.layers[name] for name in own if name in self.layers), None)
        if layer is None:
            return None
        op, alone = node.op_type, len(inputs) == 1
        if op in ACTIVATIONS or op == "BatchNormalization":
            return layer
        if op == "Add" and (alone or ("Conv" in layer.op_type and len(self._equal(node)) == 2)):
            return layer
        return layer if op in ("Mul", "Div") and alone and self._scales(node) else None

    def _scales(self, node: Any) -> bool:
        return self.links.constants(node) == [1]

    def _pass(self, node: Any) -> Key | None:
        links, inputs = self.links, self.links.inputs(node)
        made = [links.size(name) for name in node.output if links.readers[name]]
        sizes = [links.size(name) for name in inputs]
        if None in (*made, *sizes) and made:
            self.open.append(name_of(node))
        if None in (*made, *sizes) or not made:
            return None
        written, read = (sum(filter(None, each)) for each in (made, sizes))
        name = SAME_AS.get(node.op_type, node.op_type.removeprefix("QLinear"))
        if name in NORMALIZATIONS:
            return self._normalized(name, inputs[0], [node], written)
        if name == "BatchNormalization":
            self.layers[node.output[0]] = node  # an activation after it is computed with it
        if name in BINARY and any(1 < (size or 1) < written for size in self._operands(node)):
            name += " broadcast"
        window = prod(attribute(node, "kernel_shape", [])) if name in POOLS else 1
        return name, written if name in PICKS else read, written, min(max(1, window), read)

    def _operands(self, node: Any) -> list[int | None]:
        return [*map(self.links.size, self.links.inputs(node)), *self.links.constants(node)]
