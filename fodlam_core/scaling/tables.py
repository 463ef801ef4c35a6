"""Rules that are tables of nodes: exact look-up, or interpolation where it is asked for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import attrs

from fodlam_core.errors import Problem, ScalingError, Setting
from fodlam_core.model.technology import ScalingFactors
from fodlam_core.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Weighted = tuple[tuple[float, float], ...]


@attrs.frozen(eq=False, repr=False)
class TableOptions(Value):
    """Options of a rule that is a table of nodes.

    Attributes:
        interpolate: whether a node between two of the table is interpolated geometrically.
    """

    interpolate: bool = False


class Entry(NamedTuple):
    """What a table has for one technology point.

    Attributes:
        values: time, energy and, where known, area, all relative to a common reference.
        notes: what a reader must know of them.
    """

    values: Sequence[float]
    notes: tuple[str, ...] = ()


def factors_between(source: Entry, target: Entry, notes: Iterable[str] = ()) -> ScalingFactors:
    """Return the factors between two entries, with the notes of both."""
    time, energy, *area = (b / a for a, b in zip(source.values, target.values, strict=True))
    said = dict.fromkeys((*source.notes, *target.notes, *notes))
    return ScalingFactors(
        time=time, energy=energy, area=area[0] if area else None, notes=tuple(said)
    )


def neighbours(node_nm: float, nodes: Iterable[float], *, interpolate: bool = False) -> Weighted:
    """Return the nodes of a table that stand for a node, each with its weight.

    Args:
        node_nm: the node that is looked up.
        nodes: the nodes of the table.
        interpolate: whether a node in between is the two next to it, weighted in log(node).

    Raises:
        ScalingError: if the node is not in the table, or, interpolated, outside of it.

    >>> neighbours(45, [65, 45])
    ((45, 1.0),)
    """
    nodes = sorted(nodes, reverse=True)
    if node_nm in nodes:
        return ((node_nm, 1.0),)
    known = ", ".join(f"{node:g}" for node in nodes)
    missing = Problem(f"{node_nm:g} nm is not in the table", more=f", which has {known} nm")
    if not nodes[-1] < node_nm < nodes[0]:
        raise ScalingError(missing, cure="it is never extrapolated")
    if not interpolate:
        interpolating = Setting(("technology", "options"), "interpolate", "true")
        raise ScalingError(missing, cure=("to interpolate, give ", interpolating))
    above = min(node for node in nodes if node > node_nm)
    below = max(node for node in nodes if node < node_nm)
    weight = math.log(node_nm / below) / math.log(above / below)
    return (above, weight), (below, 1.0 - weight)


def blend(node_nm: float, entries: Sequence[Entry], weights: Weighted) -> Entry:
    """Return the geometric mean of the entries of the neighbours of a node."""
    if len(entries) == 1:
        return entries[0]
    values = [
        math.prod(value**weight for value, (_, weight) in zip(column, weights, strict=True))
        for column in zip(*(entry.values for entry in entries), strict=True)
    ]
    between = " and ".join(f"{node:g}" for node, _ in weights)
    note = f"{node_nm:g} nm is interpolated geometrically between {between} nm"
    return Entry(values, (note, *(note for entry in entries for note in entry.notes)))


class NodeTable(NamedTuple):
    """Time, energy and, where known, area by node, all relative to a common reference.

    A rule with such a table should offer `TableOptions`, which its errors speak of.

    >>> table = NodeTable({65: (1.0, 1.0), 45: (0.81, 0.63)})
    >>> factors_between(table.at(65), table.at(45)).time
    0.81
    """

    rows: Mapping[float, Sequence[float]]

    def at(
        self,
        node_nm: float,
        interpolate: bool = False,  # noqa: FBT001, FBT002 - plugins may give it by position
    ) -> Entry:
        """Return the entry of a node.

        Raises:
            ScalingError: if the table cannot tell.
        """
        weights = neighbours(node_nm, self.rows, interpolate=interpolate)
        return blend(node_nm, [Entry(self.rows[node]) for node, _ in weights], weights)
