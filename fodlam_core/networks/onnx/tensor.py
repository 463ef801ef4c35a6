"""What is known of a tensor, or a sequence of tensors, while a graph is followed."""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

    from fodlam_core.networks.draft import Draft

Dims = tuple[int | None, ...]

# Far more values than any list of sizes, axes or indices has that shapes depend on.
MOST_VALUES = 1024
# Far more axes than any tensor has.
MOST_AXES = 64
NUMBERS = frozenset(range(1, 14)) - {8}  # element types of onnx.TensorProto, without text


class Tensor(NamedTuple):
    """What is known of a tensor.

    Attributes:
        elem: its element type, as in ``onnx.TensorProto``; 0 if that is not known.
        dims: its sizes, None for one that is not known; None as a whole if it may have any.
        value: its values, where they are few and known; some of them may be None, in an array of
            objects.
        items: the tensors of a sequence, where they are known one by one.
        sequence: whether it is a sequence, whose items have the sizes ``dims``.
        made: the number of the operator that made it; -1 for inputs and constants.
        constant: whether it depends neither on the network's inputs nor on chance.
        regions: whether its first axis counts regions.
        layer: the costed layer it comes from, through operators that only change values.
        asks: whether an input upstream has a size which nobody has told.
    """

    elem: int = 0
    dims: Dims | None = None
    value: np.ndarray[Any, Any] | None = None
    items: tuple[Tensor, ...] | None = None
    sequence: bool = False
    made: int = -1
    constant: bool = False
    regions: bool = False
    layer: tuple[Draft, int] | None = None
    asks: bool = False

    @property
    def known(self) -> np.ndarray[Any, Any] | None:
        """Its values, if all of them are known."""
        return None if self.value is None or self.value.dtype == object else self.value


def few(dims: Iterable[int | None] | None) -> bool:
    """Tell whether a tensor of such sizes has few enough values to follow them."""
    if dims is None:
        return False
    known = [size for size in dims if size is not None]
    return len(known) == len(list(dims)) and prod(known) <= MOST_VALUES


def merged(tensors: Iterable[Tensor]) -> Tensor:
    """Return what holds of each of several tensors; nothing of none."""
    result: Tensor | None = None
    for each in tensors:
        result = each if result is None else _both(result, each)
    return result or Tensor()


def _both(one: Tensor, other: Tensor) -> Tensor:
    dims = one.dims
    if dims is None or other.dims is None or len(dims) != len(other.dims):
        dims = None
    else:
        dims = tuple(a if a == b else None for a, b in zip(dims, other.dims, strict=True))
    same = one.value is not None and other.value is not None and _equal(one.value, other.value)
    return Tensor(
        elem=one.elem if one.elem == other.elem else 0,
        dims=dims,
        value=one.value if same else None,
        items=one.items if one.items is other.items else None,
        sequence=one.sequence and other.sequence,
        made=max(one.made, other.made),
        constant=one.constant and other.constant,
        regions=one.regions or other.regions,
        layer=None,
        asks=one.asks or other.asks,
    )


def _equal(one: Any, other: Any) -> bool:
    return bool(one.shape == other.shape and (one == other).all())


@lru_cache(maxsize=4096)
def type_of(elem: int, dims: Dims | None, sequence: bool) -> Any:
    """Return a type as onnx has it; an unknown element type counts as a float."""
    from onnx import TypeProto

    proto = TypeProto()
    tensor = (proto.sequence_type.elem_type if sequence else proto).tensor_type
    tensor.elem_type = elem or 1
    if dims is not None:
        tensor.shape.SetInParent()
        shape = tensor.shape
        for size in dims:
            dim = shape.dim.add()
            if size is not None:
                dim.dim_value = size
    return proto


def described(proto: Any, symbols: dict[str, int] | None = None) -> Tensor:
    """Return what a type of onnx says; symbols with a number count as that number."""
    sequence = proto.HasField("sequence_type")
    tensor = (proto.sequence_type.elem_type if sequence else proto).tensor_type
    dims: Dims | None = None
    if tensor.HasField("shape"):
        dims = tuple(_size(dim, symbols or {}) for dim in tensor.shape.dim)
    return Tensor(tensor.elem_type, dims, sequence=sequence)


def _size(dim: Any, symbols: dict[str, int]) -> int | None:
    if dim.HasField("dim_value"):
        return int(dim.dim_value) if dim.dim_value >= 0 else None
    return symbols.get(dim.dim_param)


def stored(proto: Any, constant: bool = True) -> Tensor:
    """Return a tensor that the file holds, with its values if they are few and present."""
    dims = tuple(proto.dims)
    value = None
    if few(dims) and min(dims, default=1) >= 0 and proto.data_type in NUMBERS:
        value = _values(proto, dims)
    return Tensor(proto.data_type, dims, value, constant=constant)


def _values(proto: Any, dims: tuple[int, ...]) -> np.ndarray[Any, Any] | None:
    from onnx import numpy_helper

    if proto.data_location == 1:  # in another file
        return None
    try:
        value = numpy_helper.to_array(proto)
    except Exception:  # left out while reading, or malformed
        return None
    return value if value.shape == dims and value.dtype != object else None
