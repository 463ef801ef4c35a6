"""The YAML of a Timeloop problem, down to its numbers; needs PyYAML.

Every number keeps its line.
"""

from __future__ import annotations

import re

import yaml

from fodlam_core.errors import NetworkError, similar
from fodlam_core.networks.read_yaml import MAP, root_node
from fodlam_core.networks.timeloop.problem import BITS, COEFFICIENTS, INPUT_SIZES, PADS, Problem

_DEEP_MERGE = "<<<"
_MERGES = ("<<", _DEEP_MERGE)
# Far more than a problem has; aliases could otherwise make a small file mean billions.
_MOST_VISITS = 100_000


def problem_of(text: str, where: str) -> Problem | None:
    """Return the problem in a YAML text; None if there is none.

    Args:
        text: the text.
        where: how errors name the file.

    Raises:
        yaml.YAMLError: if it is not YAML, or has tags.
        NetworkError: if the problem is not as Timeloop has it, or if it is of an unknown shape.
    """
    root = root_node(text)
    reading = _Reading(where)
    top = reading.entries(root)
    if "problem" not in top:
        return None
    problem = reading.entries(top["problem"])
    instance = problem.get("instance")
    # Before version 0.4 the sizes stood in the problem itself.
    given = reading.entries(instance) if isinstance(instance, yaml.MappingNode) else problem
    shape = reading.entries(problem.get("shape"))
    dimensions = reading.words(shape.get("dimensions"))
    sizes, misspelt = reading.sizes(given, dimensions, strict=given is not problem)
    if not sizes:
        return None
    return Problem(
        sizes=sizes,
        dimensions=tuple(dimensions),
        projections=reading.projections(shape),
        misspelt=tuple(misspelt),
        densities=reading.densities(given.get("densities")),
        name="".join(reading.words(shape.get("name"))),
        spaces=len(reading.spaces(shape)),
    )


class _Reading:
    """Nodes to plain values, with the line of whatever is wrong."""

    def __init__(self, where: str) -> None:
        self.where = where
        self._merged: dict[int, dict[str, yaml.Node]] = {}
        self._visits = 0

    def _visit(self, node: yaml.Node, count: int = 1) -> None:
        self._visits += count
        if self._visits > _MOST_VISITS:
            raise self.error(node, "far too many entries for a problem")

    def error(self, node: yaml.Node, text: str) -> NetworkError:
        return NetworkError(f"{self.where}:{node.start_mark.line + 1}: {text}")

    def entries(self, node: yaml.Node | None) -> dict[str, yaml.Node]:
        """Return the entries of a mapping, those it merges included; its own count."""
        if not isinstance(node, yaml.MappingNode):
            return {}
        if id(node) in self._merged:
            return self._merged[id(node)]
        own: dict[str, yaml.Node] = {}
        shallow: dict[str, yaml.Node] = {}
        deep: dict[str, yaml.Node] = {}
        self._merged[id(node)] = own  # a mapping that merges itself adds nothing
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in _MERGES:
                bases = value.value if isinstance(value, yaml.SequenceNode) else [value]
                for base in bases:
                    entries = self.entries(base)
                    self._visit(key, 1 + len(entries))
                    (deep if key.value == _DEEP_MERGE else shallow).update(entries)
            elif _differ(own.setdefault(key.value, value), value):
                raise self.error(key, f"{key.value!r} is given twice")
        for name, value in shallow.items():
            own.setdefault(name, value)
        for name, value in deep.items():
            own[name] = _over(own[name], value) if name in own else value
        return own

    def words(self, node: yaml.Node | None) -> list[str]:
        """Return the scalars in a list, or in a list of lists, in order."""
        if node is not None:
            self._visit(node)
        if isinstance(node, yaml.ScalarNode):
            return [str(node.value)]
        if isinstance(node, yaml.SequenceNode):
            return [word for item in node.value for word in self.words(item)]
        return []

    def spaces(self, shape: dict[str, yaml.Node]) -> list[yaml.Node]:
        """Return the data spaces."""
        node = shape.get("data_spaces") or shape.get("data-spaces")
        return list(node.value) if isinstance(node, yaml.SequenceNode) else []

    def projections(self, shape: dict[str, yaml.Node]) -> dict[str, tuple[tuple[str, ...], ...]]:
        """Return for each data space the names in each of its axes."""
        found = {}
        for item in self.spaces(shape):
            space = self.entries(item)
            axes = space.get("projection")
            if "name" in space and isinstance(axes, yaml.SequenceNode):
                name = "".join(self.words(space["name"])).lower()
                found[name] = tuple(tuple(self.words(axis)) for axis in axes.value)
        return found

    def sizes(
        self, given: dict[str, yaml.Node], dimensions: list[str], *, strict: bool
    ) -> tuple[dict[str, int], list[str]]:
        """Return the numbers by name, and the names that were misspelt.

        Args:
            given: the entries.
            dimensions: what the shape calls its dimensions.
            strict: whether every entry must be a number.
        """
        sizes: dict[str, int] = {}
        misspelt = []
        for key, node in given.items():
            if key in (*BITS, *INPUT_SIZES, "N") and not _is_number(node):
                continue  # a variable of Jinja
            name = next((c for c in COEFFICIENTS if c.lower() == key.lower()), key)
            known = (*COEFFICIENTS, *INPUT_SIZES, *dimensions)
            expected = name in known or re.fullmatch("[A-Z]", name)
            if not expected:
                if strict and _is_number(node):
                    close = similar(key, [*COEFFICIENTS, *dimensions])
                    hint = f"; did you mean {close[0]!r}?" if close else ""
                    raise self.error(node, f"unknown dimension {key!r}{hint}")
                continue
            if name in sizes:
                raise self.error(node, f"{name} is given twice")
            sizes[name] = self._size(key, node)
            if name != key:
                misspelt.append(key)
        return sizes, misspelt

    def densities(self, node: yaml.Node | None) -> dict[str, float]:
        """Return the share of values that are not zero by data space, where it is a number."""
        found = {}
        for space, item in self.entries(node).items():
            number = self.entries(item).get("density", item)
            if not _is_number(number):
                continue
            text = str(number.value)
            if text.count(".") > 1 or not 0 < float(text) <= 1:
                raise self.error(number, f"density of {space}: {text[:40]!r} is not in (0, 1]")
            found[space.lower()] = float(text)
        return found

    def _size(self, key: str, node: yaml.Node) -> int:
        if not isinstance(node, yaml.ScalarNode):
            hint = "; Jinja is not executed, render the file first" if key else ""
            raise self.error(node, f"{key}: expected a whole number{hint}")
        least = 0 if key in PADS else 1
        if not re.fullmatch(r"[0-9]{1,12}", node.value) or int(node.value) < least:
            raise self.error(
                node, f"{key}: {node.value[:40]!r} is not a whole number of at least {least}"
            )
        return int(node.value)


def _over(node: yaml.Node, base: yaml.Node) -> yaml.Node:
    """Return a mapping with what it lacks taken from another one; anything else as it is."""
    if isinstance(node, yaml.MappingNode) and isinstance(base, yaml.MappingNode):
        merge = yaml.ScalarNode("tag:yaml.org,2002:str", _DEEP_MERGE, node.start_mark)
        return yaml.MappingNode(MAP, [*node.value, (merge, base)], node.start_mark)
    return node


def _differ(first: yaml.Node, second: yaml.Node) -> bool:
    """Tell whether two values of one key are others than one number, written twice."""
    scalars = isinstance(first, yaml.ScalarNode) and isinstance(second, yaml.ScalarNode)
    return first is not second and not (scalars and first.value == second.value)


def _is_number(node: yaml.Node) -> bool:
    return (
        isinstance(node, yaml.ScalarNode)
        and re.fullmatch(r"-?[0-9.]*[0-9][0-9.]*", node.value) is not None
    )
