"""Follows the tensors of an ONNX graph through its operators, and costs them.

One pass carries sizes and small values together, node by node and into the graphs inside nodes.
Every operator that does not work on constants alone becomes a layer, or is counted as free or as
not costed.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from fodlam_core.errors import FodlamError, LayerError, NetworkError
from fodlam_core.model.layers import Layer
from fodlam_core.model.shapes import FcShape, MatmulShape
from fodlam_core.networks.draft import Draft
from fodlam_core.networks.onnx.captures import Captures, trains
from fodlam_core.networks.onnx.control_flow import CONTROL_FLOW
from fodlam_core.networks.onnx.elsewhere import made_for_free
from fodlam_core.networks.onnx.limits import MAX_SIZE, MAX_STEPS
from fodlam_core.networks.onnx.node import Operator, UnknownSizeError, name_of, signature
from fodlam_core.networks.onnx.operators import (
    ARITHMETIC,
    ELEMENTWISE,
    REGION_POOLS,
    STANDARD,
    Rule,
    full_name,
    is_free,
)
from fodlam_core.networks.onnx.sequences import OPERATORS as SEQUENCES
from fodlam_core.networks.onnx.sequences import made_by_sequence
from fodlam_core.networks.onnx.shapes import made_by
from fodlam_core.networks.onnx.tensor import MOST_VALUES, Dims, Tensor, stored
from fodlam_core.networks.onnx.values import computed
from fodlam_core.networks.read_text import REGIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from fodlam_core.errors import Problem
    from fodlam_core.networks.work import Work

Scope = MutableMapping[str, Tensor]
T = TypeVar("T")
_MOST_KEPT = 4096  # answers of rules


class NoBatchError(Exception):
    """The batch does not divide the work of a layer."""


class Walk:
    """Costs operators in their order.

    Attributes:
        draft: what was found.
        problems: what is wrong with the graph, an operator each.
        asked: whether a size of an input is needed and not known.
        folded: costly operators that work on constants and sizes alone.
    """

    def __init__(
        self,
        rules: Mapping[str, Rule],
        opsets: Mapping[str, int],
        declared: Mapping[str, Dims],
        batch: int,
        regions: int | None,
    ) -> None:
        self.rules = rules
        self.opsets = opsets
        self.declared = declared
        self.batch = batch
        self.regions = regions
        self.draft = Draft()
        self.problems: list[Problem] = []
        self.asked = False
        self.captures = Captures()
        self._number = 0
        self.folded: list[str] = []
        self._inside = 0  # how many operators around hold the graph that is followed
        self._known_works: dict[Any, list[Work] | None] = {}
        self._sound: set[Dims | None] = set()  # sizes that were checked, most occur many times

    def run(self, nodes: Sequence[Any], scope: Scope) -> None:
        """Cost every operator; what they make is added to the scope."""
        for node in nodes:
            self._number += 1
            if self._number > MAX_STEPS:
                raise NetworkError(
                    f"its loops unfold to more than {MAX_STEPS} operators, or sizes change with "
                    "every operator"
                )
            try:
                made = self._visit(node, scope)
            except FodlamError as error:
                where = f"node {name_of(node)!r} ({node.op_type})"
                self.problems += [each.at(where) for each in error.problems]
                made = [Tensor(made=self._number)] * len(node.output)
            for name, tensor in zip(node.output, made, strict=True):
                if name:
                    scope[name] = tensor

    def graph(self, graph: Any, scope: Scope) -> list[Tensor]:
        """Cost the graph inside an operator; return its outputs.

        Args:
            graph: the ``GraphProto``.
            scope: its inputs, and below them what the graphs around it have made.
        """
        scope.update((each.name, stored(each)) for each in graph.initializer)
        self.run(graph.node, scope)
        outputs = [scope.get(value.name, Tensor()) for value in graph.output]
        return [each._replace(layer=None) for each in outputs]

    def aside(self) -> Draft:
        """Start a draft of its own for what follows; return the one so far."""
        before, self.draft = self.draft, Draft()
        return before

    def _visit(self, node: Any, scope: Scope) -> list[Tensor]:
        inputs = [_read(scope, name) for name in node.input]
        captured, random = self.captures.of(node)
        constant, regions, asks = not (random or trains(node, inputs)), False, False
        for each in (*inputs, *(scope[name] for name in captured if name in scope)):
            if each is not None:
                constant = constant and each.constant
                regions = regions or each.regions
                asks = asks or each.asks
        # Sizes are known beforehand, whatever has them.
        plan = constant or node.op_type in ("Shape", "Size")
        base = Tensor(made=self._number, constant=plan, regions=regions and not plan, asks=asks)
        standard = node.domain in STANDARD
        if standard and node.op_type in CONTROL_FLOW:
            return self._control(node, inputs, scope, base)
        made = self._made(node, inputs, base) if standard else None
        operator = Operator(node, inputs, [each.dims for each in made or ()])
        if made is None:
            made = self._made_elsewhere(node, operator, base)
            operator = operator._replace(outputs=[each.dims for each in made])
        layer = None
        if not constant:
            layer = self._cost(node, operator, base)
        elif not self._inside and not is_free(node.op_type, node.domain):
            self.folded.append(name_of(node))
        if node.op_type in REGION_POOLS and standard and not constant:
            made = [self._per_region(each) for each in made]
        return made if layer is None else [each._replace(layer=layer) for each in made]

    def _control(
        self, node: Any, inputs: list[Tensor | None], scope: Scope, base: Tensor
    ) -> list[Tensor]:
        """Cost the graphs inside an operator; those of a constant one are no part of it."""
        name, before = full_name(node.op_type, node.domain), self.aside()
        self._inside += 1
        try:
            made, why = CONTROL_FLOW[node.op_type](self, node, inputs, scope)
        finally:
            inside, self.draft = self.draft, before
            self._inside -= 1
        if base.constant and not self._inside and (inside.layers or inside.uncosted):
            self.folded.append(name_of(node))
        if not base.constant:
            if why is None:
                self.draft.skipped[name] += 1
                self.draft.merge(inside)
            else:
                self.asked = self.asked or base.asks
                self.draft.uncosted[name] += 1
                self.draft.notes.append(f"node {name_of(node)!r} ({name}) cannot be costed: {why}")
        made = (made + [Tensor()] * len(node.output))[: len(node.output)]
        return [
            each._replace(
                made=base.made,
                constant=base.constant,
                asks=base.asks or each.asks,
                dims=each.dims if each.dims is not None else self.declared.get(output),
            )
            for output, each in zip(node.output, made, strict=True)
        ]

    def _made(self, node: Any, inputs: list[Tensor | None], base: Tensor) -> list[Tensor]:
        """Return what an operator of ONNX's own makes."""
        if node.op_type in SEQUENCES:
            first = made_by_sequence(node, inputs)
            # Long sequences take time and memory, as operators do; so do values below.
            self._number += max(len(each.items or ()) for each in (first, *inputs) if each) // 64
            made = [first] + [Tensor()] * (len(node.output) - 1)
            return [
                self._checked(name, each, base)
                for name, each in zip(node.output, made, strict=False)
            ]
        made = made_by(node, inputs, self.opsets, self._asking)
        made = [
            self._checked(name, each, base) for name, each in zip(node.output, made, strict=True)
        ]
        values = computed(node, inputs, [each.dims for each in made])
        if values is not None:
            for index, value in enumerate(values[: len(made)]):
                made[index] = made[index]._replace(value=value, dims=value.shape)
                self._number += value.size // 256
        return made

    def _asking(self) -> None:
        self._number += 2  # it takes as long as two more operators

    def _made_elsewhere(self, node: Any, operator: Operator, base: Tensor) -> list[Tensor]:
        """Return what an operator of another domain makes, as far as a rule or the file tells."""
        rule = self.rules.get(full_name(node.op_type, node.domain))
        first = operator.inputs[0] if operator.inputs else None
        elem, made = first.elem if first else 0, list[Tensor]()
        try:
            if rule is not None and rule.outputs is not None:
                made = [Tensor(elem, dims) for dims in _answered(rule.outputs, operator) or ()]
            elif is_free(node.op_type, node.domain):
                made = _answered(made_for_free, operator) or []
        except (UnknownSizeError, LayerError):
            made = []
        made += [Tensor(elem)] * len(node.output)
        return [
            self._checked(name, each, base) for name, each in zip(node.output, made, strict=False)
        ]

    def _checked(self, name: str, made: Tensor, base: Tensor) -> Tensor:
        """Return what is made, with what the file says where nothing else is known."""
        dims = made.dims if made.dims is not None else self.declared.get(name)
        if base.regions and dims and dims[0] is None:
            dims = (self.regions, *dims[1:])  # as many as the pool of regions before has made
        if dims not in self._sound:
            if dims is None or None in dims:
                dims = self._told(name, dims)
            if any(size is not None and not 0 <= size <= MAX_SIZE for size in dims or ()):
                raise NetworkError(f"tensor {name!r} is absurdly large: {list(dims or ())}")
            if dims is not None and None not in dims:
                self._sound.add(dims)
        return Tensor(
            elem=made.elem,
            dims=dims,
            value=made.value,
            items=made.items,
            sequence=made.sequence,
            made=base.made,
            constant=base.constant,
            regions=base.regions,
            layer=None,
            asks=base.asks,
        )

    def _told(self, name: str, dims: Dims | None) -> Dims | None:
        """Return sizes, those that are not known as the file tells them."""
        told = self.declared.get(name, ())
        if dims is None or len(told) != len(dims):
            return dims
        return tuple(b if a is None else a for a, b in zip(dims, told, strict=True))

    def _per_region(self, made: Tensor) -> Tensor:
        """Return what a pool of regions makes, whose first axis counts them."""
        dims = made.dims
        first = dims[0] if dims else None
        if self.regions is None and first is None:
            raise NetworkError(REGIONS)
        if dims and self.regions is not None:
            dims = (self.regions, *dims[1:])
        return made._replace(dims=dims, regions=True)

    def _cost(self, node: Any, op: Operator, base: Tensor) -> tuple[Draft, int] | None:
        """Add an operator to the draft; return the layer that its output comes from."""
        name = full_name(node.op_type, node.domain)
        if is_free(node.op_type, node.domain):
            self.draft.skipped[name] += 1
            return self._passed_on(node, op) if node.domain in STANDARD else None
        rule, why = self.rules.get(name), ""
        works: list[Work] | None = None
        try:
            works = self._works(name, rule, op) if rule is not None else None
        except UnknownSizeError as error:
            tensor, known = error.args
            self.asked = self.asked or known.asks
            why = f": the shape of {tensor!r} is not known"
        if works is None:
            self.draft.uncosted[name] += 1
            if why:
                self.draft.notes.append(f"node {name_of(node)!r} ({name}) cannot be costed{why}")
            return None
        if not works:
            self.draft.skipped[name] += 1
            return None
        index = 0
        for work in works:
            index = self.draft.add(self._layer(name_of(node), work, base.regions))
        return self.draft, index

    def _works(self, name: str, rule: Rule, op: Operator) -> list[Work] | None:
        """Return what a rule says; blocks of a network ask the same again and again."""
        key = name, signature(op.node, op.inputs, MOST_VALUES), tuple(op.outputs)
        if key not in self._known_works:
            if len(self._known_works) >= _MOST_KEPT:
                self._known_works.clear()
            self._known_works[key] = _answered(rule.works, op)
        return self._known_works[key]

    def _passed_on(self, node: Any, op: Operator) -> tuple[Draft, int] | None:
        """Return the layer that the output of an operator without MACs comes from."""
        varying = [each for each in op.inputs if each is not None and not each.constant]
        if not varying:
            return None
        if node.op_type in ELEMENTWISE or (node.op_type in ARITHMETIC and len(varying) == 1):
            return varying[0].layer
        if node.op_type not in ("Add", "Sum"):
            return None
        if any(each.dims != varying[0].dims for each in varying):
            return None
        last = max(varying, key=lambda each: each.made)
        if last.layer is not None and last.layer[0] is self.draft:
            self.draft.mark_residual(last.layer[1])
        return last.layer

    def _layer(self, name: str, work: Work, regions: bool) -> Layer:
        """Return a layer of one inference: the batch is divided out."""
        shape, macs, repeat = work.shape, work.macs, work.items
        if self.batch == 1:
            pass
        elif isinstance(shape, FcShape):
            shape = attrs.evolve(shape, rows=self.share(shape.rows))
        elif isinstance(shape, MatmulShape):
            shape = attrs.evolve(shape, count=self.share(shape.count))
        elif not regions:
            repeat = self.share(repeat)
        return Layer(
            name=name,
            kind=work.kind,
            macs=shape.macs if shape else macs,
            shape=shape,
            repeat=repeat,
        )

    def share(self, count: int) -> int:
        """Return what one inference has of so many of a whole batch.

        Raises:
            NoBatchError: if the batch does not divide it.
        """
        if count % self.batch:
            raise NoBatchError
        return count // self.batch


def _answered(rule: Callable[[Operator], list[T] | None], op: Operator) -> list[T] | None:
    """Return what a rule says; it may count on more axes than a malformed operator has.

    Raises:
        LayerError: if the operator is not as the rule takes it.
    """
    try:
        return rule(op)
    except (IndexError, ValueError, ZeroDivisionError) as error:
        if isinstance(error, LayerError):
            raise
        raise LayerError(f"not the inputs or attributes of this operator: {error}") from error


def _read(scope: Scope, name: str) -> Tensor | None:
    if not name:
        return None
    if name not in scope:
        raise NetworkError(
            f"it reads {name!r}, which nothing before it makes: the graph has a cycle, is not "
            "sorted or is incomplete"
        )
    return scope[name]
