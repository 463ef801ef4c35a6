"""An operator of a graph, as the rules of the table of operators see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import LayerError
from fodlam_core.networks.onnx.tensor import Dims, Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.networks.work import Sizes


class UnknownSizeError(Exception):
    """Names a tensor whose shape is needed and not known, and holds what is known of it."""


def attribute(node: Any, name: str, default: Any = None) -> Any:
    """Return an attribute: a number, a list of numbers, or a text.

    What is not of the type of the default counts as absent, unless the default is None.
    """
    for each in node.attribute:
        if each.name == name:
            value = _attribute(each)
            fits = default is None or isinstance(value, type(default))
            return value if fits else default
    return default


def _attribute(each: Any) -> Any:
    if each.type == 7 or each.ints:
        return list(each.ints)
    if each.type == 6 or each.floats:
        return list(each.floats)
    if each.type == 3 or each.s:
        return each.s.decode(errors="replace")
    return each.f if each.type == 1 else each.i


def name_of(node: Any) -> str:
    """Return what a node is called, or else what it makes."""
    return node.name or next((name for name in node.output if name), "") or node.op_type


def signature(node: Any, inputs: Sequence[Tensor | None], most: int) -> tuple[Any, ...]:
    """Return what the answer of a rule follows from, but for the names of tensors.

    Args:
        node: the ``NodeProto``.
        inputs: what it reads.
        most: values of longer tensors are left out.
    """
    told: list[Any] = [each.SerializeToString() for each in node.attribute]
    for each in inputs:
        if each is None:
            told.append(None)
            continue
        told += (each.elem, each.dims, each.sequence, each.constant)
        value = each.value
        if value is not None and value.size <= most:
            known = value.dtype != object
            told += (value.dtype.str, value.tobytes() if known else tuple(value.flat))
    return node.op_type, node.domain, len(node.output), len(inputs), *told


class Operator(NamedTuple):
    """An operator with what is known of its inputs and outputs.

    Attributes:
        node: the ``NodeProto``.
        inputs: what it reads, in order; None for an input that is left out.
        outputs: the sizes of what it makes, as far as they are known.
    """

    node: Any
    inputs: Sequence[Tensor | None]
    outputs: Sequence[Dims | None] = ()

    def has(self, index: int) -> bool:
        """Tell whether an input is there."""
        return index < len(self.inputs) and self.inputs[index] is not None

    def tensor(self, index: int) -> Tensor:
        """Return what is known of an input.

        Raises:
            LayerError: if it is left out.
        """
        found = self.inputs[index] if index < len(self.inputs) else None
        if found is None:
            raise LayerError(f"its input {index + 1} is missing")
        return found

    def sizes(self, index: int) -> Sizes:
        """Return the sizes of an input, each at least 1.

        Raises:
            UnknownSizeError: if one is not known.
            LayerError: if the input is left out, or one is 0.
        """
        tensor = self.tensor(index)
        return _all_known(self.node.input[index], tensor.dims, tensor)

    def made(self, index: int = 0) -> Sizes:
        """Return the sizes of an output, each at least 1.

        Raises:
            UnknownSizeError: if one is not known.
            LayerError: if there is no such output, or one is 0.
        """
        if index >= len(self.node.output):
            raise LayerError("it has no output")
        dims = self.outputs[index] if index < len(self.outputs) else None
        asks = any(each.asks for each in self.inputs if each)
        return _all_known(self.node.output[index], dims, Tensor(asks=asks))

    def constant(self, index: int) -> bool:
        """Tell whether an input is a weight: neither input of the network nor made from one."""
        return self.tensor(index).constant

    def number(self, index: int) -> int | None:
        """Return the value of an input that is one whole number, where it is known."""
        known = self.inputs[index].known if self.has(index) else None  # type: ignore[union-attr]
        return int(known.item()) if known is not None and known.size == 1 else None

    def attribute(self, name: str, default: Any = None) -> Any:
        """Return an attribute: a number, a list of numbers, or a text."""
        return attribute(self.node, name, default)


def _all_known(name: str, dims: Dims | None, tensor: Tensor) -> Sizes:
    sizes = tuple(size for size in dims or () if size is not None)
    if dims is None or len(sizes) != len(dims):
        raise UnknownSizeError(name, tensor)
    if any(size < 1 for size in sizes):
        raise LayerError(f"tensor {name!r} has the size {list(sizes)}")
    return sizes
