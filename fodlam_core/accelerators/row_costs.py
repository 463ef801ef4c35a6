"""The cost of a row, as columns give it: latency or throughput, power or energy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.accelerators.printed import half_unit
from fodlam_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.accelerators.cells import Row

# Throughput, of which a latency is the reciprocal times the batch.
RATES = ("inferences_per_s", "images_per_s", "samples_per_s")
TIMES = ("latency_s", *RATES)
ENERGIES = ("energy_j", "power_w")
COSTS = (*TIMES, *ENERGIES, "processing_latency_s")


class Printed(NamedTuple):
    """A cost of a whole batch, and what the rounding of the printed numbers can amount to.

    Attributes:
        latency_s: seconds; None if not known.
        power_w: watts; None if not known.
        energy_j: joules; None if not known.
        offchip_s: the part of the latency that waits for off-chip memory.
        latency_rounding_s: half a unit of the last printed digit of the latency.
        energy_rounding_j: likewise, of power and latency together, or of the energy.
    """

    latency_s: float | None = None
    power_w: float | None = None
    energy_j: float | None = None
    offchip_s: float = 0.0
    latency_rounding_s: float | None = None
    energy_rounding_j: float | None = None

    @property
    def any_energy_j(self) -> float | None:
        """Joules, from power and latency where no energy is printed; None if not known."""
        if self.energy_j is None and self.power_w is not None and self.latency_s is not None:
            return self.power_w * self.latency_s
        return self.energy_j


def cost_of(row: Row, batch: int, power_w: float | None) -> Printed:
    """Return the cost of a row; problems go to the row.

    Args:
        row: the row.
        batch: the inferences that it is for.
        power_w: the power of every row; None if columns have it.
    """
    before, cells = len(row.problems), row.cells
    times = [name for name in TIMES if name in cells]
    latency, rounding = _latency(row, batch, times)
    has_power, has_energy = "power_w" in cells, "energy_j" in cells
    if has_power and has_energy:
        row.problems.append("power and energy are both there; leave one of them empty")
    if not (has_energy or times):
        row.problems.append("a latency or an energy is missing; fill one in")
    watts = row.quantity("power_w") if has_power else power_w
    energy = row.quantity("energy_j") if has_energy else None
    offchip = 0.0
    if row.has("processing_latency_s"):
        offchip = _offchip(row, latency)
    if len(row.problems) > before:
        return Printed()
    if has_energy:
        return Printed(
            latency_s=latency,
            energy_j=energy,
            offchip_s=offchip,
            latency_rounding_s=rounding,
            energy_rounding_j=row.rounding("energy_j"),
        )
    if watts is None or latency is None:
        return Printed(latency_s=latency, offchip_s=offchip, latency_rounding_s=rounding)
    rounding_w = row.rounding("power_w") if has_power else half_unit(repr(watts))
    rounded = rounding or 0.0
    return Printed(
        latency_s=latency,
        power_w=watts,
        offchip_s=offchip,
        latency_rounding_s=rounding,
        # The product of the upper ends, less the product.
        energy_rounding_j=watts * rounded + (latency + rounded) * rounding_w,
    )


def _latency(row: Row, batch: int, given: Sequence[str]) -> tuple[float | None, float | None]:
    """Return seconds for the batch, and half a unit of their last printed digit."""
    if len(given) > 1:
        row.problems.append(f"{' and '.join(given)} say the same; leave one of them empty")
    if not given or len(given) > 1:
        return None, None
    before = len(row.problems)
    value = row.quantity(given[0])
    if len(row.problems) > before:
        return None, None
    if given == ["latency_s"]:
        return value, row.rounding("latency_s")
    if not value:
        row.problems.append(f"{given[0]} is 0; leave the cell empty if it is not known")
        return None, None
    latency = batch / value
    return latency, latency * row.rounding(given[0]) / value


def _offchip(row: Row, latency_s: float | None) -> float:
    processing_s = row.quantity("processing_latency_s")
    if latency_s is None:
        return 0.0
    if processing_s > latency_s:
        row.problems.append(
            f"the processing latency of {processing_s:g} s exceeds the latency of {latency_s:g} s, "
            "which includes it; correct one"
        )
    return latency_s - processing_s
