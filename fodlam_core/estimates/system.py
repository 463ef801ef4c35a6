"""The share of DRAM in the energy of the system: published traffic, at a price that a user gives.

It stands next to the energy of the chip, is never part of it, and is never scaled with the node.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fodlam_core.named_tuple import NamedTuple
from fodlam_core.report.units import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fodlam_core.estimates.figures import Basis, LayerEstimate
    from fodlam_core.estimates.result import Result
    from fodlam_core.model.layers import Layer
    from fodlam_core.report.document import Table

TRAFFIC = "dram_bytes"


class SystemEnergy(NamedTuple):
    """Energy besides that of the chips, over some layers.

    Attributes:
        dram_energy_j: joules spent in DRAM; None where the traffic of a layer is not known.
        system_energy_j: chips and DRAM; None likewise.
    """

    dram_energy_j: float | None
    system_energy_j: float | None


def dram_energy_j(estimate: Result, each: LayerEstimate) -> float | None:
    """Return the joules that a layer spends in DRAM; None if not asked for, or not known.

    Its traffic times the configured joules per byte.
    """
    price = estimate.config.system.get("dram_energy_j_per_byte")
    traffic = dram_bytes(each)
    return None if price is None or traffic is None else traffic * price


def dram_bytes(each: LayerEstimate) -> float | None:
    """Return the bytes that a layer moves between chip and DRAM; None if not known.

    Published bytes, over the batch they were measured at, for all inferences.
    """
    basis = each.basis
    if basis is None or basis.measurement is None:
        return None
    traffic = basis.measurement.details.get(TRAFFIC)
    return None if traffic is None else traffic / basis.shared_by * each.runs


def system_energy(estimate: Result, layers: Iterable[LayerEstimate]) -> SystemEnergy:
    """Return the sums over some layers of an estimate; nothing unknown counts as zero."""
    layers = list(layers)
    shares = [dram_energy_j(estimate, each) for each in layers]
    dram = 0.0
    for share in shares:
        if share is None:
            return SystemEnergy(None, None)
        dram += share
    if not estimate.config.system:
        return SystemEnergy(None, None)
    return SystemEnergy(dram, dram + math.fsum(each.energy_j or 0.0 for each in layers))


def system_notes(
    system: Mapping[str, float], items: Iterable[tuple[Layer, Basis | None]]
) -> Iterator[str]:
    """Say what DRAM energy is made of, and which layers lack it."""
    price = quantity(system["dram_energy_j_per_byte"], "J")
    yield (
        f"DRAM energy is the published traffic at {price} a byte, as the configuration has it; it "
        "stands apart from the energy of the chips and is not scaled with the node"
    )
    missing = [
        layer.name
        for layer, basis in items
        if not (basis and basis.measurement and TRAFFIC in basis.measurement.details)
    ]
    if missing:
        yield (
            f"DRAM traffic is not published for {', '.join(dict.fromkeys(missing))}: totals with "
            "them have no DRAM energy"
        )


def with_dram(layers: Table, estimate: Result) -> Table:
    """Return the table of layers with a column for DRAM energy."""
    from fodlam_core.report.document import Table

    rows = [
        (*row, quantity(dram_energy_j(estimate, each), "J"))
        for row, each in zip(layers.rows, estimate.layers, strict=True)
    ]
    header, numeric = (*layers.header, "DRAM energy"), layers.numeric | {"DRAM energy"}
    return Table(header, rows, numeric, layers.spare)


def system_table(estimate: Result) -> Table:
    """Return the energy of the chips, of DRAM, and of both."""
    from fodlam_core.report.document import table

    rows = []
    for name, totals in estimate.totals.items():
        chosen = [each for each in estimate.layers if name in (each.layer.kind, "total")]
        energies = totals.energy_j, *system_energy(estimate, chosen)
        rows.append((name, *(quantity(energy, "J") for energy in energies)))
    columns = ("chips", "DRAM", "chips and DRAM")
    return table(("energy", *columns), rows, ",".join(columns))
