"""ONNX models of operators without MACs, each as it stands in a network, and without it.

What works on images stands between convolutions, which have a layout of memory of their own and
may take it along; everything else stands alone. The difference between a model and the same model
without the operator is what the operator costs. The graphs are in ONNX's text form: ``x`` is what
the operator reads, ``g`` what else, ``y`` what it makes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.measure.operator_sizes import (
    averaged,
    doubled,
    gated,
    half,
    heads,
    image,
    joined,
    pooled,
    row_for_all,
    row_means,
    rows,
    same,
    two,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fodlam_core.measure.operator_sizes import Dims, Sizes
    from fodlam_core.model.memory_pass import MemoryPass

OPSET, IR_VERSION = 17, 8
FILTERS = 16
"""Of the convolution after an operator, which looks at one pixel."""


class Recipe(NamedTuple):
    """How an operator is run.

    Attributes:
        graph: its nodes.
        sizes: returns the sizes for a pass; None if it has no model of such sizes.
        amid: whether it stands between convolutions.
        read_twice: whether something else reads ``x`` as well, so that it is part of no layer.
    """

    graph: str
    sizes: Callable[[MemoryPass], Sizes | None]
    amid: bool = False
    read_twice: bool = False


_NORM = "LayerNormalization({}, ones, ones)"
_WINDOW = (
    "<kernel_shape = [{kernel}, {kernel}], strides = [{stride}, {stride}], "
    "pads = [{pad}, {pad}, {pad}, {pad}]>"
)
RECIPES: Mapping[str, Recipe] = {
    "Swish": Recipe("s = Sigmoid(x) y = Mul(x, s)", same(image), amid=True),
    "HardSwish": Recipe(
        "s = HardSigmoid<alpha = 0.16666667, beta = 0.5>(x) y = Mul(x, s)",
        same(image),
        amid=True,
    ),
    "Sigmoid": Recipe("y = Sigmoid(x)", same(image), amid=True),
    "HardSigmoid": Recipe(
        "y = HardSigmoid<alpha = 0.16666667, beta = 0.5>(x)", same(image), amid=True
    ),
    "Relu": Recipe("y = Relu(x)", same(image), amid=True, read_twice=True),
    "BatchNormalization": Recipe(
        "b = BatchNormalization(x, ones, ones, ones, ones) y = Relu(b)",
        same(image),
        amid=True,
        read_twice=True,
    ),
    "Mul broadcast": Recipe("y = Mul(x, g)", gated, amid=True),
    "Concat": Recipe("y = Concat<axis = 1>(x, g)", joined, amid=True),
    "Slice": Recipe("y = Slice(x, zero, half, one)", half, amid=True),
    "GlobalAveragePool": Recipe("y = GlobalAveragePool(x)", averaged, amid=True),
    "MaxPool": Recipe(f"y = MaxPool{_WINDOW}(x)", pooled, amid=True),
    "AveragePool": Recipe(f"y = AveragePool{_WINDOW}(x)", pooled, amid=True),
    "Resize": Recipe('y = Resize<mode = "nearest">(x, , scales)', doubled, amid=True),
    "Add": Recipe("y = Add(x, g)", two),
    "Mul": Recipe("y = Mul(x, g)", two),
    "Add broadcast": Recipe("y = Add(x, g)", row_for_all),
    "Gelu": Recipe(
        "d = Div(x, root) e = Erf(d) a = Add(e, unit) m = Mul(x, a) y = Mul(m, share)",
        same(rows),
    ),
    "LayerNormalization": Recipe(f"y = {_NORM.format('x')}", same(rows)),
    "Add LayerNormalization": Recipe(f"s = Add(x, g) y = {_NORM.format('s')}", two),
    "Softmax": Recipe("y = Softmax(x)", same(rows)),
    "Tanh": Recipe("y = Tanh(x)", same(rows)),
    "ReduceMean": Recipe("y = ReduceMean<axes = [-1]>(x)", row_means),
    "Transpose": Recipe("y = Transpose<perm = [0, 2, 1, 3]>(x)", heads),
    "Gather": Recipe("y = Gather<axis = 1>(x, rows)", same(rows)),
}


class Models(NamedTuple):
    """A model with an operator, and the same without it; None if nothing would be left."""

    with_it: bytes
    without: bytes | None


def operator_models(what: MemoryPass, batch: int = 1, precision: str = "fp32") -> Models | None:
    """Return the models of a pass; None if there is no model of such a pass.

    Args:
        what: the pass; its count has no effect.
        batch: inferences at a time.
        precision: of activations. Of int8 every operator stands between a DequantizeLinear and a
            QuantizeLinear, which the runtime makes one operator of whole numbers of where it can.
    """
    found = _recipe(what)
    if found is None:
        return None
    recipe, sizes = found
    made = (_Graph(recipe, sizes, batch, precision) for _ in range(2))
    if not recipe.amid:
        return Models(next(made).alone(), None)
    return Models(next(made).amid(operator=True), next(made).amid(operator=False))


def has_model(what: MemoryPass) -> bool:
    """Tell whether there is a model of a pass."""
    return _recipe(what) is not None


def _recipe(what: MemoryPass) -> tuple[Recipe, Sizes] | None:
    recipe = RECIPES.get(what.operator)
    sizes = recipe.sizes(what) if recipe else None
    return None if recipe is None or sizes is None else (recipe, sizes)


class _Graph:
    """An operator with what is around it; its tensors are those of the graph's text."""

    def __init__(self, recipe: Recipe, sizes: Sizes, batch: int, precision: str) -> None:
        import numpy as np
        from onnx import TensorProto

        self.recipe, self.sizes, self.batch = recipe, sizes, batch
        self.quantized = precision == "int8"
        self.numpy: Any = np.float16 if precision == "fp16" else np.float32
        kinds = {"fp16": TensorProto.FLOAT16, "int8": TensorProto.UINT8}
        self.type = kinds.get(precision, TensorProto.FLOAT)
        self.random = np.random.default_rng(0)
        self.nodes: list[Any] = []
        self.stored: list[Any] = []
        self.inputs: list[Any] = []
        self.outputs: list[Any] = []
        if self.quantized:
            self._store("scale", np.float32(0.02))
            self._store("middle", np.uint8(128))

    @property
    def given(self) -> dict[str, Dims]:
        """What the operator reads, with its sizes."""
        x, g = self.sizes.x, self.sizes.g
        # A row that is added to all is the same for all of a batch.
        first = self.batch if self.recipe.amid or g == x else 1
        beside = {} if g is None else {"g": (first, *g)}
        return {"x": (self.batch, *x), **beside}

    @property
    def made(self) -> Dims:
        """The sizes of what it makes."""
        return (self.batch, *self.sizes.y)

    def alone(self) -> bytes:
        """Return the operator and nothing else."""
        for name, dims in self.given.items():
            self._input(name, dims)
        self._operator()
        self._output("y", self.made)
        return self._serialized()

    def amid(self, *, operator: bool) -> bytes:
        """Return convolutions of images of one channel and to one pixel, the operator between."""
        for name, dims in self.given.items():
            self._input(f"{name}.in", (dims[0], 1, *dims[2:]))
            self._convolution(f"{name}.in", f"{name}.exact", (dims[1], 1, 1, 1))
            self._pass_on(f"{name}.exact", name)
        if operator:
            self._operator()
            self._pass_on("y", "result")
        ends = {"made": ("result", self.made) if operator else ("x", self.given["x"])}
        beside = "g" if "g" in self.given else "x" if self.recipe.read_twice else None
        if beside:
            ends["beside"] = beside, self.given[beside]
        for end, (name, dims) in ends.items():
            self._convolution(name, end, (FILTERS, dims[1], 1, 1), strides=dims[2:])
            self._output(end, (dims[0], FILTERS, 1, 1))
        return self._serialized()

    def _input(self, name: str, dims: Dims) -> None:
        from onnx import helper

        start = f"{name}.quantized" if self.quantized else name
        self.inputs.append(helper.make_tensor_value_info(start, self.type, dims))
        if self.quantized:
            self._node("DequantizeLinear", [start, "scale", "middle"], name)

    def _output(self, name: str, dims: Dims) -> None:
        from onnx import helper

        end = f"{name}.quantized" if self.quantized else name
        self.outputs.append(helper.make_tensor_value_info(end, self.type, dims))
        if self.quantized:
            self._node("QuantizeLinear", [name, "scale", "middle"], end)

    def _pass_on(self, name: str, to: str) -> None:
        """Have the next operator read a tensor, as whole numbers where they are quantized."""
        if not self.quantized:
            self._node("Identity", [name], to)
            return
        self._node("QuantizeLinear", [name, "scale", "middle"], f"{name}.quantized")
        self._node("DequantizeLinear", [f"{name}.quantized", "scale", "middle"], to)

    def _convolution(self, name: str, made: str, filters: Dims, **how: Any) -> None:
        weights = f"{made}.weights"
        if self.quantized:
            self._store(f"{made}.stored", self.random.integers(0, 256, filters, "uint8"))
            self._node("DequantizeLinear", [f"{made}.stored", "scale", "middle"], weights)
        else:
            self._store(weights, (self.random.random(filters, "float32") - 0.5).astype(self.numpy))
        self._node("Conv", [name, weights], made, **how)

    def _operator(self) -> None:
        import numpy as np
        from onnx import parser

        width = self.sizes.x[0 if self.recipe.amid else -1]
        constants = {
            "ones": np.ones(width, self.numpy),
            "unit": self.numpy(1),
            "root": self.numpy(math.sqrt(2)),
            "share": self.numpy(0.5),
            "zero": np.array([0]),
            "one": np.array([1]),
            "half": np.array([self.sizes.how.get("half", 0)]),
            "scales": np.array([1, 1, 2, 2], np.float32),
            "rows": np.arange(self.sizes.x[0]),
        }
        text = self.recipe.graph.format(**self.sizes.how)
        graph = parser.parse_graph(f"g (float[N] x) => (float[N] y) {{ {text} }}")
        self.nodes += graph.node
        read = {name for node in graph.node for name in node.input}
        for name in sorted(read & constants.keys()):
            self._store(name, constants[name])

    def _store(self, name: str, value: Any) -> None:
        import numpy as np
        from onnx import numpy_helper

        self.stored.append(numpy_helper.from_array(np.asarray(value), name))

    def _node(self, operator: str, inputs: list[str], output: str, **how: Any) -> None:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, [output], **how))

    def _serialized(self) -> bytes:
        from onnx import helper

        graph = helper.make_graph(self.nodes, "operator", self.inputs, self.outputs, self.stored)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR_VERSION
        data: bytes = model.SerializeToString()
        return data
