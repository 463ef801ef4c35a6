"""If, Loop, Scan and SequenceMap: their graphs are followed like any other.

A condition that sizes decide picks its branch, any other needs branches of one cost. A loop is
followed once where its passes are alike, and pass by pass where they are not.
"""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.networks.draft import Draft
from fodlam_core.networks.onnx.node import Operator, attribute
from fodlam_core.networks.onnx.sequences import sequence_of
from fodlam_core.networks.onnx.tensor import Dims, Tensor, merged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fodlam_core.networks.onnx.walk import Scope, Walk

# What an operator makes, and why its cost cannot be told; None if it can.
Outcome = tuple[list[Tensor], str | None]
# Passes that are followed one by one; what is alike is followed once, however often it runs.
MOST_PASSES = 1024
_ENDLESS = 2**62
_INT64, _BOOL = 7, 9


def _body(node: Any, name: str) -> Any:
    from fodlam_core.errors import NetworkError

    for each in node.attribute:
        if each.name == name and each.HasField("g"):
            return each.g
    raise NetworkError(f"it has no graph {name!r}")


def _run(
    walk: Walk, graph: Any, given: Sequence[Tensor], scope: Scope
) -> tuple[list[Tensor], Draft]:
    """Follow a graph with these inputs; return its outputs and what it costs."""
    around = scope.maps if isinstance(scope, ChainMap) else [scope]
    inner: Scope = ChainMap({}, *around)  # flat, as graphs may be nested deeply
    for value, tensor in zip(graph.input, given, strict=False):
        inner[value.name] = tensor
    for value in graph.input[len(given) :]:
        inner[value.name] = Tensor()
    before = walk.aside()
    try:
        made = walk.graph(graph, inner)
    finally:
        draft, walk.draft = walk.draft, before
    return made, draft


def branches(walk: Walk, node: Any, inputs: Sequence[Tensor | None], scope: Scope) -> Outcome:
    """Follow the branch of an ``If`` that sizes choose, or both where they do not."""
    condition = inputs[0] if inputs else None
    known = condition.known if condition is not None else None
    then, other = _body(node, "then_branch"), _body(node, "else_branch")
    if known is not None and known.size == 1:
        made, draft = _run(walk, then if known.item() else other, (), scope)
        walk.draft.merge(draft)
        return made, None
    (one, first), (two, second) = (_run(walk, each, (), scope) for each in (then, other))
    outputs = [merged(pair) for pair in zip(one, two, strict=False)]
    if first.total_macs != second.total_macs or first.uncosted != second.uncosted:
        costs = f"{first.total_macs} and {second.total_macs} MACs"
        return outputs, f"its branches cost {costs}, and which one runs is not known"
    walk.draft.merge(first)
    return outputs, None


class _Passes(NamedTuple):
    """What the passes of a loop made.

    Attributes:
        states: what is handed from pass to pass, after the last one.
        scans: for each output that is collected what a single pass makes.
        passes: how many there were; None if not known.
        drafts: what they cost, and how often.
    """

    states: list[Tensor]
    scans: list[Tensor]
    passes: int | None
    drafts: list[tuple[Draft, int]]


def loop(walk: Walk, node: Any, inputs: Sequence[Tensor | None], scope: Scope) -> Outcome:
    """Follow a ``Loop`` whose number of passes is known, or follows from known values."""
    op, body = Operator(node, inputs), _body(node, "body")
    most = op.number(0) if op.has(0) else _ENDLESS
    begins = op.number(1) if op.has(1) else 1
    states = [each or Tensor() for each in inputs[2:]]
    passes = None
    if begins == 0 or most == 0:
        passes = _Passes(states=states, scans=[], passes=0, drafts=[])
    elif begins is not None and most is not None:
        if most > 16 and most != _ENDLESS:
            passes = _alike(walk, body, states, most, scope)
        passes = passes or _one_by_one(walk, body, states, most, scope)
        if passes is None and most != _ENDLESS:
            passes = _alike(walk, body, states, most, scope, complete=False)
    passes = passes or _alike(walk, body, states, None, scope, complete=False)
    if passes is None:
        return [], "its passes do not end"
    return _collected(walk, body, passes, len(states), 1, [0] * len(body.output))


def _loop_inputs(index: int | None, states: Sequence[Tensor]) -> list[Tensor]:
    import numpy as np

    number = None if index is None else np.array(index, np.int64)
    going = Tensor(_BOOL, (), np.array(True), constant=True)
    return [Tensor(_INT64, (), number, constant=True), going, *states]


def _alike(
    walk: Walk,
    body: Any,
    states: list[Tensor],
    count: int | None,
    scope: Scope,
    complete: bool = True,
) -> _Passes | None:
    """Follow one pass that stands for all; None if they differ, or if something is left open."""
    held = [each._replace(value=None, items=None) for each in states]
    for _ in range(4):
        made, draft = _run(walk, body, _loop_inputs(None, held), scope)
        going = made[0].known if made else None
        if complete and (going is None or not going.all()):
            return None
        after = [
            merged((a, b))._replace(value=None, items=None)
            for a, b in zip(held, made[1:], strict=False)
        ]
        if [_kind(each) for each in after] == [_kind(each) for each in held]:
            if complete and draft.uncosted:
                return None
            if going is None or not going.all():
                count = None
            return _Passes(
                states=after,
                scans=made[1 + len(states) :],
                passes=count,
                drafts=[(draft, count or 1)],
            )
        held = after
    return None


def _kind(tensor: Tensor) -> tuple[Any, ...]:
    return tensor.elem, tensor.dims, tensor.sequence, tensor.constant


def _one_by_one(
    walk: Walk, body: Any, states: list[Tensor], most: int, scope: Scope
) -> _Passes | None:
    """Follow every pass; None if there are too many, or if it is not known when they end."""
    scans: list[list[Tensor]] = []
    drafts: list[tuple[Draft, int]] = []
    count, held = 0, list(states)
    while count < most:
        if count == MOST_PASSES:
            return None
        made, draft = _run(walk, body, _loop_inputs(count, held), scope)
        count += 1
        drafts.append((draft, 1))
        held = made[1 : 1 + len(states)]
        scans.append(made[1 + len(states) :])
        going = made[0].known if made else None
        if going is None:
            return None
        if not going.all():
            break
    each = [merged(parts) for parts in zip(*scans, strict=False)]
    return _Passes(states=held, scans=each, passes=count, drafts=drafts)


def scan(walk: Walk, node: Any, inputs: Sequence[Tensor | None], scope: Scope) -> Outcome:
    """Follow a ``Scan`` along an axis whose length is known."""
    given = [each or Tensor() for each in inputs]
    if walk.opsets[""] < 9:
        return _scan_by_item(walk, node, given[1:], scope)  # the first is the lengths of sequences
    return _scan(walk, node, given, scope)


def _scan_by_item(walk: Walk, node: Any, given: list[Tensor], scope: Scope) -> Outcome:
    """Follow a ``Scan`` of version 8, whose graph runs for each item of a batch by itself."""
    batches = {each.dims[0] if each.dims else None for each in given}
    items = batches.pop() if len(batches) == 1 else None
    if items is None:
        return [], "its batch is not known"
    before, whole = walk.aside(), walk.batch
    walk.batch = 1
    try:
        inner = [each._replace(dims=(each.dims or ())[1:], value=None) for each in given]
        made, why = _scan(walk, node, inner, scope)
    finally:
        draft, walk.draft, walk.batch = walk.draft, before, whole
    if items:
        walk.draft.merge(draft, walk.share(items))
    return [
        each._replace(dims=None if each.dims is None else (items, *each.dims)) for each in made
    ], why


def _scan(walk: Walk, node: Any, given: list[Tensor], scope: Scope) -> Outcome:
    body, count = _body(node, "body"), attribute(node, "num_scan_inputs", 0)
    states, scanned = given[: len(given) - count], given[len(given) - count :]
    axes = attribute(node, "scan_input_axes", []) or [0] * min(count, len(given))
    if not 0 < count <= len(given) or len(axes) != count:
        return [], "its inputs do not match"
    lengths, slices = set[int | None](), []
    for each, axis in zip(scanned, axes, strict=True):
        length, rest = _slice(each.dims, axis)
        lengths.add(length)
        slices.append(each._replace(dims=rest, value=None))
    steps = lengths.pop() if len(lengths) == 1 else None
    held = [each._replace(value=None) for each in states]
    draft, made = Draft(), list[Tensor]()
    for _ in range(4):
        made, draft = _run(walk, body, [*held, *slices], scope)
        after = [merged(pair)._replace(value=None) for pair in zip(held, made, strict=False)]
        if [_kind(each) for each in after] == [_kind(each) for each in held]:
            break
        held = after
    passes = _Passes(
        states=held, scans=made[len(states) :], passes=steps, drafts=[(draft, steps or 1)]
    )
    out = attribute(node, "scan_output_axes", []) or [0] * len(body.output)
    return _collected(walk, body, passes, len(states), 0, out)


def _slice(dims: Dims | None, axis: int) -> tuple[int | None, Dims | None]:
    if dims is None or not -len(dims) <= axis < len(dims):
        return None, None
    axis %= len(dims)
    return dims[axis], (*dims[:axis], *dims[axis + 1 :])


def _collected(
    walk: Walk, body: Any, passes: _Passes, states: int, skip: int, axes: Sequence[int]
) -> Outcome:
    """Return the outputs of a loop, and add what its passes cost."""
    scans = passes.scans or [Tensor()] * max(0, len(body.output) - states - skip)
    outputs = list(passes.states)
    for each, axis in zip(scans, axes, strict=False):
        dims = each.dims
        if dims is not None and -len(dims) - 1 <= axis <= len(dims):
            axis %= len(dims) + 1
            dims = (*dims[:axis], passes.passes, *dims[axis:])
        outputs.append(each._replace(dims=dims, value=None, items=None))
    costly = any(draft.layers or draft.uncosted for draft, _ in passes.drafts)
    if passes.passes is None and costly:
        return outputs, "how often it runs is not known"
    if passes.passes != 0:
        walk.draft.merge_passes(passes.drafts)
    return outputs, None


def sequence_map(walk: Walk, node: Any, inputs: Sequence[Tensor | None], scope: Scope) -> Outcome:
    """Follow a ``SequenceMap`` for each item of its sequence."""
    body = _body(node, "body")
    given = [each or Tensor() for each in inputs]
    items = given[0].items if given else None
    if items is None:
        each = [t._replace(sequence=False, items=None) for t in given]
        made, draft = _run(walk, body, each, scope)
        outputs = [sequence_of(None, one) for one in made]
        costly = draft.layers or draft.uncosted
        if not costly:
            walk.draft.merge(draft)
        return outputs, "the length of its sequence is not known" if costly else None
    drafts: list[tuple[Draft, int]] = []
    columns: list[list[Tensor]] = [[] for _ in body.output]
    for index in range(len(items)):
        row = [t.items[index] if t.items is not None and index < len(t.items) else t for t in given]
        made, draft = _run(walk, body, row, scope)
        drafts.append((draft, 1))
        for column, one in zip(columns, made, strict=False):
            column.append(one)
    walk.draft.merge_passes(drafts)
    return [sequence_of(column) for column in columns], None


CONTROL_FLOW: dict[str, Callable[[Walk, Any, Sequence[Tensor | None], Scope], Outcome]] = {
    "If": branches,
    "Loop": loop,
    "Scan": scan,
    "SequenceMap": sequence_map,
}
