"""The operators that build sequences of tensors, and options, and take them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.networks.onnx.node import attribute
from fodlam_core.networks.onnx.tensor import Dims, Tensor, merged

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_ITEMS = 1024
OPERATORS = frozenset(
    (
        "SequenceEmpty",
        "SequenceConstruct",
        "SequenceInsert",
        "SequenceErase",
        "SequenceAt",
        "SequenceLength",
        "SplitToSequence",
        "ConcatFromSequence",
        "Optional",
        "OptionalGetElement",
        "OptionalHasElement",
    )
)
_INT64, _BOOL = 7, 9
# An option that holds nothing: no items, and no sequence.
NOTHING = Tensor(items=())


def sequence_of(items: Sequence[Tensor] | None, each: Tensor | None = None) -> Tensor:
    """Return a sequence, of items that are known or of unknown ones.

    Args:
        items: its items, one by one; None if they are not known.
        each: what holds of every item; by default what holds of those that are known.
    """
    like = each or merged(items or ())
    if items is not None and len(items) > MOST_ITEMS:
        items = None
    return Tensor(
        like.elem, like.dims, items=None if items is None else tuple(items), sequence=True
    )


def made_by_sequence(node: Any, inputs: Sequence[Tensor | None]) -> Tensor:
    """Return what an operator on sequences makes."""
    op, given = node.op_type, [each for each in inputs if each is not None]
    if op == "SequenceEmpty":
        return sequence_of(())
    if op == "SequenceConstruct":
        return sequence_of(given)
    if op.startswith("Optional"):
        return _option(op, given[0] if given else NOTHING)
    if not given:
        return Tensor()
    first = given[0]
    if op == "SplitToSequence":
        return _split(node, first, given[1] if len(given) > 1 else None)
    items = first.items
    if op == "SequenceLength":
        return _number(len(items) if items is not None else None)
    if op == "ConcatFromSequence":
        return _joined(node, first)
    if op == "SequenceInsert":
        return _inserted(items, first, given) if len(given) > 1 else Tensor()
    return _picked(op, items, first, given)


def _option(op: str, held: Tensor) -> Tensor:
    """Return an option, what it holds, or whether it does: not known of one that is an input."""
    import numpy as np

    if op != "OptionalHasElement":
        return held
    empty = held.items == () and not held.sequence
    return Tensor(_BOOL, (), np.array(not empty) if empty or held.elem else None)


def _picked(
    op: str, items: tuple[Tensor, ...] | None, first: Tensor, given: list[Tensor]
) -> Tensor:
    """Return the item at a place, or all but that one; without a place the last is meant."""
    index, like = _index(given[-1], len(items or ())), Tensor(first.elem, first.dims)
    if op == "SequenceAt":
        if items is not None and index is not None and 0 <= index < len(items):
            return items[index]
        return like
    if items is not None and (len(given) == 1 or index is not None):
        place = len(items) - 1 if len(given) == 1 else index
        return sequence_of([each for at, each in enumerate(items) if at != place], like)
    return sequence_of(None, first)


def _inserted(items: tuple[Tensor, ...] | None, first: Tensor, given: list[Tensor]) -> Tensor:
    place = len(items or ())
    if len(given) > 2:
        at = _index(given[2], place)
        if at is None:
            items = None
        place = at or 0
    like = given[1]
    if items is None or items:
        like = merged([Tensor(first.elem, first.dims), like])
    if items is None:
        return sequence_of(None, like)
    return sequence_of([*items[:place], given[1], *items[place:]], like)


def _index(tensor: Tensor, length: int) -> int | None:
    known = tensor.known
    if known is None or known.size != 1:
        return None
    index = int(known.item())
    return index + length if index < 0 else index


def _number(value: int | None) -> Tensor:
    import numpy as np

    return Tensor(_INT64, (), None if value is None else np.array(value, np.int64))


def _split(node: Any, data: Tensor, split: Tensor | None) -> Tensor:
    axis = int(attribute(node, "axis", 0))
    if data.dims is None or not -len(data.dims) <= axis < len(data.dims):
        return sequence_of(None, Tensor(data.elem))
    axis, dims = axis % len(data.dims), data.dims
    size, keep = dims[axis], bool(attribute(node, "keepdims", 1)) or split is not None
    lengths: list[int] | None = None
    if size is not None and size <= MOST_ITEMS:
        if split is None:
            lengths = [1] * size
        elif split.known is not None and split.known.ndim:
            lengths = [int(each) for each in split.known.flat]
        elif split.known is not None and int(split.known.item()) > 0:
            step = int(split.known.item())
            lengths = [min(step, size - start) for start in range(0, size, step)]
    if lengths is None:
        rest: Dims = (*dims[:axis], None, *dims[axis + 1 :])
        return sequence_of(None, Tensor(data.elem, rest))
    of = {
        length: Tensor(data.elem, (*dims[:axis], *((length,) if keep else ()), *dims[axis + 1 :]))
        for length in set(lengths)
    }
    return sequence_of([of[length] for length in lengths], merged(of.values()))


def _joined(node: Any, sequence: Tensor) -> Tensor:
    """Return the items of a sequence side by side, or stacked along a new axis."""
    items, axis = sequence.items, int(attribute(node, "axis", 0))
    new = bool(attribute(node, "new_axis", 0))
    like = merged(items) if items else sequence
    if like.dims is None:
        return Tensor(like.elem)
    rank = len(like.dims) + new
    if not -rank <= axis < rank:
        return Tensor(like.elem)
    axis %= rank
    if new:
        count = len(items) if items is not None else None
        return Tensor(
            like.elem, (*like.dims[:axis], count, *like.dims[axis:]), _stacked(items, axis, new)
        )
    sizes = [each.dims[axis] for each in items if each.dims] if items else [None]
    known = [size for size in sizes if size is not None]
    whole = sum(known) if len(known) == len(sizes) else None
    return Tensor(
        like.elem, (*like.dims[:axis], whole, *like.dims[axis + 1 :]), _stacked(items, axis, new)
    )


def _stacked(items: tuple[Tensor, ...] | None, axis: int, new: bool) -> Any:
    import numpy as np

    values = [each.known for each in items or () if each.known is not None]
    if not values or len(values) != len(items or ()):
        return None
    try:
        return np.stack(values, axis) if new else np.concatenate(values, axis)
    except ValueError:
        return None
