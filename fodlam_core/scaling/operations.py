"""Published energies of operations at 45 and 7 nm: logic and SRAM apart, and no times."""

from __future__ import annotations

import functools
import math
import os
from typing import TYPE_CHECKING

import tomli

from fodlam_core.model.bibliography import TEN_LESSONS
from fodlam_core.model.technology import IDENTITY, ScalingFactors, Technology
from fodlam_core.scaling.tables import NodeTable, TableOptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FILE = os.path.join(os.path.dirname(__file__), "data", "operations.toml")
NOTE = (
    "published-operations has energies only: time stays as it is, at the same clock; energies of "
    "SRAM fall by 1.3x (8 KB) to 7.1x (1 MB) from 45 to 7 nm, of logic by 2.1x to 4.3x"
)


@functools.cache
def read_table() -> NodeTable:
    """Return by node the mean energies of all operations, of logic and of SRAM, in picojoules."""
    with open(FILE, "rb") as file:
        data = tomli.load(file)
    logic, sram = list(data["logic"].values()), list(data["sram"].values())
    means = zip(*(_means(each) for each in (logic + sram, logic, sram)), strict=True)
    return NodeTable(dict(zip(data["nodes_nm"], means, strict=True)))


def _means(operations: Iterable[Sequence[float]]) -> list[float]:
    """Return the geometric mean of each column."""
    columns = zip(*operations, strict=True)
    return [math.exp(math.fsum(map(math.log, each)) / len(each)) for each in columns]


class PublishedOperations:
    """The geometric mean over operations, for logic and SRAM apart where a chip tells its split.

    >>> factors = PublishedOperations().factors(Technology(45), Technology(7))
    >>> [round(1 / each, 2) for each in (factors.energy, factors.logic, factors.sram)]
    [2.86, 2.87, 2.82]
    """

    name = "published-operations"
    aliases = ("operations",)
    title = "published energies of operations at 45 and 7 nm, logic and SRAM apart; no times"
    uses = ("node_nm",)
    domain = "45 and 7 nm, with interpolate = true anything in between; time is not scaled"
    source = (
        'N. P. Jouppi et al., "Ten Lessons From Three Generations Shaped Google\'s TPUv4i", ISCA '
        "2021, Table 2, with M. Horowitz, ISSCC 2014, for 45 nm"
    )
    citation = TEN_LESSONS
    options = TableOptions
    energy_only = True

    def __init__(self, options: TableOptions | None = None) -> None:
        """Take the options."""
        self._interpolate = (options or TableOptions()).interpolate

    def configure(self, options: TableOptions) -> PublishedOperations:
        """Return the rule with options."""
        return PublishedOperations(options)

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return the factors.

        Raises:
            ScalingError: if a node is not in the table.
        """
        if source == target:
            return IDENTITY
        here, there = (
            read_table().at(each.node_nm, self._interpolate) for each in (source, target)
        )
        energy, logic, sram = (b / a for a, b in zip(here.values, there.values, strict=True))
        notes = tuple(dict.fromkeys((NOTE, *here.notes, *there.notes)))
        return ScalingFactors(1.0, energy, notes=notes, logic=logic, sram=sram)
