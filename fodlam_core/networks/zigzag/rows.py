"""The rows of a workload of ZigZag: equations, loops and where operands come from."""

from __future__ import annotations

import re
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from fodlam_core.errors import NetworkError
from fodlam_core.networks.read_text import check_name
from fodlam_core.networks.read_yaml import root_node

if TYPE_CHECKING:
    from collections.abc import Mapping

_EQUATION = re.compile(r"(\w+)((?:\[\w+\])+)\+?=(\w+)((?:\[\w+\])+)[*+](\w+)((?:\[\w+\])+)")
_RELATION = re.compile(r"(\w+)=(?:([0-9]{1,9})\*)?(\w+)\+(?:([0-9]{1,9})\*)?(\w+)")


class Operand(NamedTuple):
    """An operand: its name, and the dimensions that it has an axis for."""

    name: str
    axes: tuple[str, ...]


class Relation(NamedTuple):
    """An axis of an operand that two loops walk: ``whole = step * out + spread * tap``."""

    step: int
    out: str
    spread: int
    tap: str


class Row(NamedTuple):
    """A layer as it stands in the file.

    Attributes:
        line: where it begins.
        id: its number.
        name: its name.
        operator: what it is called, such as Conv.
        out: what it makes.
        operands: what it reads, two of them.
        relations: axes that two loops walk.
        sizes: loops by name, in lower case.
        sources: the numbers of the layers that make its operands.
    """

    line: int
    id: str
    name: str
    operator: str
    out: Operand
    operands: tuple[Operand, Operand]
    relations: Mapping[str, Relation]
    sizes: Mapping[str, int]
    sources: Mapping[str, str]

    @property
    def batch(self) -> int:
        """The number of inferences."""
        return self.sizes["b"] if self.batched else 1

    @property
    def batched(self) -> bool:
        """Whether the loop b is the batch: what the layer makes has it, and not weights alone."""
        left, right = (self.loops(each) for each in self.operands)
        shared = (left & right) | (right if self.operands[0].name == "W" else left)
        return "b" in self.sizes and "b" in self.out.axes and "b" in shared

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one inference."""
        return prod(self.sizes.values()) // self.batch

    def loops(self, operand: Operand) -> frozenset[str]:
        """Return the loops that an operand depends on."""
        found = set[str]()
        for axis in operand.axes:
            relation = self.relations.get(axis)
            found |= {relation.out, relation.tap} if relation else {axis}
        return frozenset(found)


def equations(text: str) -> tuple[list[Row], list[str]]:
    """Return the rows of a workload, and what is wrong, each with its line.

    Raises:
        yaml.YAMLError: if it is not YAML, or has tags.
    """
    root = root_node(text)
    if not isinstance(root, yaml.SequenceNode):
        return [], ["1: expected a list of layers"]
    rows, problems = [], []
    for index, node in enumerate(root.value):
        line = node.start_mark.line + 1
        try:
            rows.append(_row(node, line, index))
        except NetworkError as error:
            problems.append(f"{line}: {error}")
    return rows, problems


def _row(node: Any, line: int, index: int) -> Row:
    if not isinstance(node, yaml.MappingNode):
        raise NetworkError("expected a layer with id, operator_type, equation, loop_dims")
    keys = {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}
    operator = check_name(_scalar(keys.get("operator_type")) or "unknown", "operator_type")
    number = _scalar(keys.get("id")) or str(index)
    name = check_name(_scalar(keys.get("name")) or f"{operator}_{number}")
    found = _EQUATION.fullmatch(_scalar(keys.get("equation")).replace(" ", ""))
    if not found:
        raise NetworkError("equation: expected O[..]+=W[..]*I[..]")
    out, *operands = (
        Operand(found[place], tuple(re.findall(r"\w+", found[place + 1].lower())))
        for place in (1, 3, 5)
    )
    dims, sizes = _list(keys.get("loop_dims")), _list(keys.get("loop_sizes"))
    if not dims or len(dims) != len(sizes) or len(set(dims)) != len(dims):
        raise NetworkError(f"loop_dims and loop_sizes: {len(dims)} names, {len(sizes)} sizes")
    return Row(
        line=line,
        id=number,
        name=name,
        operator=operator,
        out=out,
        operands=(operands[0], operands[1]),
        relations=_relations(_list(keys.get("dimension_relations"))),
        sizes={dim.lower(): _size(dim, size) for dim, size in zip(dims, sizes, strict=True)},
        sources=_pairs(keys.get("operand_source")),
    )


def _relations(texts: list[str]) -> dict[str, Relation]:
    found = {}
    for text in texts:
        match = _RELATION.fullmatch(text.replace(" ", "").lower())
        if not match:
            raise NetworkError(f"dimension_relations: {text[:40]!r}: expected ix=2*ox+1*fx")
        found[match[1]] = Relation(
            step=int(match[2] or 1), out=match[3], spread=int(match[4] or 1), tap=match[5]
        )
    return found


def _size(dim: str, text: str) -> int:
    if not re.fullmatch("[0-9]{1,12}", text) or int(text) < 1:
        raise NetworkError(f"loop_sizes: {dim} {text[:40]!r} is not a positive whole number")
    return int(text)


def _scalar(node: Any) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _list(node: Any) -> list[str]:
    return [_scalar(each) for each in node.value] if isinstance(node, yaml.SequenceNode) else []


def _pairs(node: Any) -> dict[str, str]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {_scalar(key): _scalar(value) for key, value in node.value}
