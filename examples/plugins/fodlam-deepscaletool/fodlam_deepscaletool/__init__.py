"""DeepScaleTool (Sarangi and Baas, ISCAS 2021) as a technology-scaling rule."""

from __future__ import annotations

import csv
import functools
from pathlib import Path
from typing import TYPE_CHECKING

from fodlam_core import (
    Citation,
    NodeTable,
    ScalingFactors,
    TableOptions,
    Technology,
    factors_between,
    hookimpl,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core import TechnologyScaler

TABLE = Path(__file__).with_name("deepscaletool-2021.csv")
UNSURE_AREA_NM = 7
SARANGI_BAAS = Citation(
    "sarangi2021deepscaletool",
    'S. Sarangi and B. Baas, "DeepScaleTool: A Tool for the Accurate Estimation of Technology '
    'Scaling in the Deep-Submicron Era", ISCAS 2021, arXiv 2102.10195',
    """\
@inproceedings{sarangi2021deepscaletool,
  author        = {Sarangi, Satyabrata and Baas, Bevan},
  title         = {{DeepScaleTool}: A Tool for the Accurate Estimation of Technology Scaling in the
                   Deep-Submicron Era},
  booktitle     = {2021 {IEEE} International Symposium on Circuits and Systems ({ISCAS})},
  year          = {2021},
  eprint        = {2102.10195},
  archiveprefix = {arXiv}
}
""",
)


@functools.cache
def read_table() -> NodeTable:
    """Return delay, energy (relative to 65 nm) and area (relative to 45 nm) by node."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return NodeTable(
            {
                float(row["node_nm"]): (
                    float(row["delay_rel_65nm"]),
                    float(row["energy_rel_65nm"]),
                    float(row["area_rel_45nm"]),
                )
                for row in csv.DictReader(file)
            }
        )


class DeepScaleTool:
    """Ratios of a table of delay, energy and area; power is energy / time.

    >>> DeepScaleTool().factors(Technology(65), Technology(28)).energy
    0.37
    """

    name = "deepscaletool-2021"
    aliases = ("deepscaletool", "deepscale")
    title = "delay, energy and area fitted to one foundry's published data"
    uses = ("node_nm",)
    domain = "130, 90, 65, 45, 40, 32, 28, 22, 14, 10 and 7 nm, at nominal vdd"
    source = SARANGI_BAAS.text
    citation = SARANGI_BAAS
    options = TableOptions

    def __init__(self, options: TableOptions | None = None) -> None:
        """Take the options; by default those of the class."""
        self._interpolate = (options or TableOptions()).interpolate

    def configure(self, options: TableOptions) -> DeepScaleTool:
        """Return the rule with options."""
        return DeepScaleTool(options)

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return the factors.

        Raises:
            ScalingError: if a node is not in the table.
        """
        if source == target:
            return ScalingFactors(1.0, 1.0, 1.0)
        entries = (read_table().at(p.node_nm, self._interpolate) for p in (source, target))
        notes = ["deepscaletool-2021 implies nominal supply voltages of one foundry"]
        if UNSURE_AREA_NM in (source.node_nm, target.node_nm):
            notes.append(
                "area at 7 nm is unsure: 0.011 in the table, 0.0100 by its throughput per area"
            )
        return factors_between(*entries, notes)


@hookimpl
def fodlam_technology_scalers() -> Iterable[TechnologyScaler]:
    """Supply the rule."""
    yield DeepScaleTool()
