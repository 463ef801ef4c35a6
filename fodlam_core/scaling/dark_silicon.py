"""The two projections behind the dark-silicon studies, relative to 45 nm."""

from __future__ import annotations

import functools
import os

import tomli

from fodlam_core.model.bibliography import DARK_SILICON
from fodlam_core.model.technology import IDENTITY, ScalingFactors, Technology
from fodlam_core.scaling.tables import NodeTable, TableOptions, factors_between

FILE = os.path.join(os.path.dirname(__file__), "data", "dark-silicon.toml")


@functools.cache
def read_table(projection: str) -> NodeTable:
    """Return time = 1/f, energy = P/f and area by node, of one projection of the data file."""
    with open(FILE, "rb") as file:
        rows = tomli.load(file)[projection]
    return NodeTable(
        {
            row["node_nm"]: (1 / row["frequency"], row["power"] / row["frequency"], row["area"])
            for row in rows
        }
    )


class DarkSilicon:
    """A projection of frequency f and power P by node: time 1/f, energy P/f.

    >>> round(conservative().factors(Technology(45), Technology(16)).power, 12)
    0.39
    """

    uses = ("node_nm",)
    domain = "45, 32, 22, 16, 11 and 8 nm; a projection, not a measurement"
    source = (
        'H. Esmaeilzadeh et al., "Dark Silicon and the End of Multicore Scaling", ISCA 2011, as '
        "carried by github.com/liangwang/lumos at 23cbb92; area halves with each generation"
    )
    citation = DARK_SILICON
    options = TableOptions

    def __init__(self, projection: str, options: TableOptions | None = None) -> None:
        """Take one projection of the data file, and options."""
        self._projection = projection
        self._interpolate = (options or TableOptions()).interpolate
        self.name = f"dark-silicon-{projection}"
        self.title = f"{projection} projection of frequency and power from 45 nm on"

    def configure(self, options: TableOptions) -> DarkSilicon:
        """Return the rule with options."""
        return DarkSilicon(self._projection, options)

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return the factors.

        Raises:
            ScalingError: if a node is not in the table.
        """
        if source == target:
            return IDENTITY
        table = read_table(self._projection)
        return factors_between(
            table.at(source.node_nm, self._interpolate),
            table.at(target.node_nm, self._interpolate),
            [f"{self.name} is a projection, not a measurement"],
        )


def itrs() -> DarkSilicon:
    """Return the rule after the ITRS roadmap."""
    return DarkSilicon("itrs")


def conservative() -> DarkSilicon:
    """Return the rule after conservative expectations (Borkar)."""
    return DarkSilicon("conservative")
