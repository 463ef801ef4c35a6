"""ONNX models of layers with random weights: of one alone, and of those of a network together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.model.shapes import ConvShape, FcShape, MatmulShape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.model.layers import Network
    from fodlam_core.model.shapes import Shape

# Of a long-standing version, so that older runtimes take the models too.
OPSET, IR_VERSION = 13, 8
BYTES = {"fp32": 4, "fp16": 2, "int8": 1}
PRECISIONS = tuple(BYTES)
MOST_REPEATS = 64


class Tensor(NamedTuple):
    """A tensor of a model."""

    name: str
    dims: tuple[int, ...]


def can_build(shape: Shape | None) -> bool:
    """Tell whether there is a model of a shape, and a row of a data file that holds it."""
    if isinstance(shape, ConvShape):
        return not shape.transposed and shape.padding[:2] == shape.padding[2:]
    return isinstance(shape, FcShape | MatmulShape)


def tensor_bytes(shape: Shape, batch: int, precision: str) -> int:
    """Return the bytes of all tensors of a layer.

    >>> tensor_bytes(FcShape(1000, 1000), 1, "fp32")
    4008000
    """
    weights, inputs, outputs = shape.traffic
    return BYTES[precision] * (weights + batch * (inputs + outputs))


def layer_model(shape: Shape, batch: int = 1, precision: str = "fp32", copies: int = 1) -> bytes:
    """Return a serialized model of one layer.

    Args:
        shape: one that `can_build` knows.
        batch: inferences at a time.
        precision: one of `PRECISIONS`; int8 has unsigned activations and signed weights.
        copies: how many of the layer there are, each with weights and tensors of its own.
    """
    graph = _Graph(batch, precision)
    graph.outputs += [graph.layer(f"layer{number or ''}", shape) for number in range(copies)]
    return graph.model()


def network_model(network: Network, batch: int = 1, precision: str = "fp32") -> bytes | None:
    """Return a serialized model of all layers of a network, and of no more than links them.

    A layer table has no connections. A layer reads what nothing has read so far, joined along the
    channels where it is several, and pooled where it is larger; or the latest tensor of its size;
    or the last one in another form; otherwise a tensor of its own. None if a layer cannot be
    built, or repeats too often.
    """
    graph = _Graph(batch, precision)
    for layer in network.layers:
        if layer.shape is None or not can_build(layer.shape) or layer.repeat > MOST_REPEATS:
            return None
        for number in range(layer.repeat):
            graph.layer(f"{layer.name}.{number}", layer.shape, linked=True)
    graph.outputs = graph.unread()
    return graph.model() if graph.outputs else None


def _is_larger(image: tuple[int, ...], dims: tuple[int, ...]) -> bool:
    """Tell whether pooling can make an image of a tensor."""
    if not len(image) == len(dims) == 4 or image[:2] != dims[:2] or image == dims:
        return False
    return all(large >= small for large, small in zip(image[2:], dims[2:], strict=True))


class _Graph:
    def __init__(self, batch: int, precision: str) -> None:
        import numpy as np
        from onnx import TensorProto

        self.batch, self.precision = batch, precision
        self.type, self.of_weights, of_numpy = {
            "fp32": (TensorProto.FLOAT, TensorProto.FLOAT, np.float32),
            "fp16": (TensorProto.FLOAT16, TensorProto.FLOAT16, np.float16),
            "int8": (TensorProto.UINT8, TensorProto.INT8, np.int8),
        }[precision]
        self._numpy: Any = of_numpy
        self._random = np.random.default_rng(0)
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self.inputs: list[Tensor] = []
        self.outputs: list[Tensor] = []
        self.made: list[Tensor] = []
        self.read: set[str] = set()

    def layer(self, name: str, shape: Shape, *, linked: bool = False) -> Tensor:
        """Add a layer, linked to those before it or with an input of its own; return its output."""
        made = self._layer(name, shape, linked=linked)
        self.made.append(made)
        return made

    def unread(self) -> list[Tensor]:
        """Return what layers made and no layer reads."""
        return [each for each in self.made if each.name not in self.read]

    def _layer(self, name: str, shape: Shape, *, linked: bool) -> Tensor:
        if isinstance(shape, ConvShape):
            return self._conv(name, shape, linked=linked)
        if isinstance(shape, FcShape):
            left = self._input(name, (self.batch * shape.rows, shape.inputs), linked=linked)
            right = self._random_weights(name, (shape.inputs, shape.outputs))
            return self._product(name, left, right, signed=True)
        assert isinstance(shape, MatmulShape)
        count = self.batch * shape.count
        left = self._input(f"{name}.a", (count, shape.m, shape.k), linked=linked)
        return self._product(
            name, left, self._input(f"{name}.b", (count, shape.k, shape.n)), signed=False
        )

    def _conv(self, name: str, shape: ConvShape, *, linked: bool) -> Tensor:
        dims = self.batch, shape.in_channels, shape.in_height, shape.in_width
        image = self._input(name, dims, linked=linked)
        filters = shape.out_channels, shape.in_channels // shape.groups, *shape.kernel
        weights = self._random_weights(name, filters)
        made = Tensor(f"{name}.out", (self.batch, *filters[:1], shape.out_height, shape.out_width))
        window: dict[str, Any] = {
            "kernel_shape": shape.kernel,
            "strides": shape.stride,
            "pads": shape.padding,
            "dilations": shape.dilation,
            "group": shape.groups,
        }
        if self.precision == "int8":
            self._quantized("QLinearConv", image, weights, made, signed=True, **window)
        else:
            bias = self._random_weights(f"{name}.bias", filters[:1])
            self._node("Conv", [image.name, weights.name, bias.name], made, **window)
        return made

    def _product(self, name: str, left: Tensor, right: Tensor, *, signed: bool) -> Tensor:
        made = Tensor(f"{name}.out", (*left.dims[:-1], right.dims[-1]))
        if self.precision == "int8":
            self._quantized("QLinearMatMul", left, right, made, signed=signed)
        else:
            self._node("MatMul", [left.name, right.name], made)
        return made

    def _quantized(
        self, operator: str, left: Tensor, right: Tensor, made: Tensor, *, signed: bool, **how: Any
    ) -> None:
        scale = self._constant(f"{made.name}.scale", 0.02, 1)  # of FLOAT
        zero = self._constant(f"{made.name}.zero", 128, self.type)
        middle = self._constant(f"{made.name}.middle", 0, self.of_weights) if signed else zero
        factors = [left.name, scale, zero, right.name, scale, middle]
        self._node(operator, [*factors, scale, zero], made, **how)

    def _constant(self, name: str, value: float, kind: int) -> str:
        from onnx import helper

        self.weights.append(helper.make_tensor(name, kind, [], [value]))
        return name

    def _node(self, operator: str, inputs: Sequence[str], made: Tensor, **how: Any) -> None:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, [made.name], made.name, **how))

    def _random_weights(self, name: str, dims: tuple[int, ...]) -> Tensor:
        from onnx import numpy_helper

        if self.precision == "int8":
            values = self._random.integers(-127, 128, dims, self._numpy)
        else:
            values = (self._random.random(dims, "float32") - 0.5).astype(self._numpy)
        self.weights.append(numpy_helper.from_array(values, f"{name}.weights"))
        return Tensor(f"{name}.weights", dims)

    def _input(self, name: str, dims: tuple[int, ...], *, linked: bool = False) -> Tensor:
        found = self._linked(name, dims) if linked else None
        if found is None:
            found = Tensor(f"{name}.in", dims)
            self.inputs.append(found)
        return found

    def _linked(self, name: str, dims: tuple[int, ...]) -> Tensor | None:
        """Return what a layer reads among the tensors there are; None if none is of its size."""
        ways = (self._joined, self._joined_and_pooled, self._read_before, self._pooled)
        tried = (way(name, dims) for way in (*ways, self._flat, self._reshaped))
        found = next(filter(None, tried), None)
        if found is not None:
            self.read.add(found.name)
        return found

    def _read_before(self, _name: str, dims: tuple[int, ...]) -> Tensor | None:
        """Return the latest tensor of the size, which a branch has read or the network reads."""
        same = (each for each in reversed([*self.inputs, *self.made]) if each.dims == dims)
        return next(same, None)

    def _joined(self, name: str, dims: tuple[int, ...]) -> Tensor | None:
        """Return what nothing has read, joined along the channels, as after a block of branches."""
        parts: list[Tensor] = []
        for each in reversed(self.unread()):
            if each.dims[:1] + each.dims[2:] == dims[:1] + dims[2:]:
                parts.insert(0, each)
                if sum(part.dims[1] for part in parts) == dims[1]:
                    return self._concatenated(f"{name}.in", parts, dims)
        return None

    def _concatenated(self, name: str, parts: list[Tensor], dims: tuple[int, ...]) -> Tensor | None:
        if len(parts) == 1:
            return parts[0]
        if len(dims) != 4:
            return None
        made = Tensor(name, dims)
        self._node("Concat", self._names(parts), made, axis=1)
        self.made.append(made)
        return made

    def _joined_and_pooled(self, name: str, dims: tuple[int, ...]) -> Tensor | None:
        for each in reversed(self.unread()):
            if _is_larger((*dims[:2], *each.dims[2:]), dims):
                joined = self._joined(f"{name}.joined", (*dims[:2], *each.dims[2:]))
                if joined is not None:
                    return self._pool(f"{name}.in", joined, dims)
        return None

    def _pooled(self, name: str, dims: tuple[int, ...]) -> Tensor | None:
        larger = (each for each in reversed(self.made) if _is_larger(each.dims, dims))
        found = next(larger, None)
        return found and self._pool(f"{name}.in", found, dims)

    def _flat(self, name: str, dims: tuple[int, ...]) -> Tensor | None:
        """Return the last image, pooled to a square of as many elements, in another form."""
        last = self.made[-1].dims if self.made else ()
        if len(last) != 4 or len(dims) != 2:
            return None
        alike = [each for each in self.unread() if each.dims[2:] == last[2:]]
        channels = sum(each.dims[1] for each in alike)
        side = math.isqrt(dims[1] // channels)
        image = (dims[0], channels, side, side)
        larger = (*image[:2], *last[2:])
        if math.prod(image) != math.prod(dims) or not _is_larger(larger, image):
            return None
        joined = self._joined(f"{name}.all", larger)
        if joined is None:
            return None
        self._pool(f"{name}.pooled", joined, image)
        return self._reshaped(name, dims)

    def _pool(self, name: str, image: Tensor, dims: tuple[int, ...]) -> Tensor:
        strides = [large // small for large, small in zip(image.dims[2:], dims[2:], strict=True)]
        kernel = [
            large - (small - 1) * stride
            for large, small, stride in zip(image.dims[2:], dims[2:], strides, strict=True)
        ]
        made = Tensor(name, dims)
        self._node("MaxPool", self._names([image]), made, kernel_shape=kernel, strides=strides)
        self.made.append(made)
        return made

    def _reshaped(self, name: str, dims: tuple[int, ...]) -> Tensor | None:
        """Return the last tensor in another form, if it has as many elements."""
        last = self.made[-1:]
        if not last or math.prod(last[0].dims) != math.prod(dims):
            return None
        from onnx import TensorProto, helper

        sizes = helper.make_tensor(f"{name}.dims", TensorProto.INT64, [len(dims)], dims)
        self.weights.append(sizes)
        made = Tensor(f"{name}.in", dims)
        self._node("Reshape", [*self._names(last), sizes.name], made)
        return made

    def _names(self, tensors: Sequence[Tensor]) -> list[str]:
        self.read.update(each.name for each in tensors)
        return [each.name for each in tensors]

    def model(self) -> bytes:
        """Return the model, serialized."""
        from onnx import helper

        inputs, outputs = (
            [helper.make_tensor_value_info(name, self.type, dims) for name, dims in tensors]
            for tensors in (self.inputs, self.outputs)
        )
        graph = helper.make_graph(self.nodes, "layers", inputs, outputs, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR_VERSION
        data: bytes = model.SerializeToString()
        return data
