"""``[system]``: what surrounds the chip. Imported only where a configuration has the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fodlam_core.schema import positive, show
from fodlam_core.schema.structure import structure

if TYPE_CHECKING:
    from fodlam_core.errors import Problem

# A thousand times what a byte of DRAM takes: beyond it a unit was mistaken.
MOST_J_PER_BYTE = 1e-6


def _price(instance: object, attribute: object, value: float) -> None:
    positive(instance, attribute, value)
    if value > MOST_J_PER_BYTE:
        raise ValueError(f"{show(value)} is over {MOST_J_PER_BYTE:g} J; no memory takes that much")


@attrs.frozen
class System:
    """``[system]``.

    Attributes:
        dram_energy_j_per_byte: joules for each byte that moves between chip and DRAM.
    """

    dram_energy_j_per_byte: float = attrs.field(validator=_price)


KEYS = tuple(field.name for field in attrs.fields(System))


def system_problems(table: object) -> list[Problem]:
    """Return each mistake in the table.

    >>> for problem in system_problems({"dram_energy_j_per_byte": -1.0, "dram": 2}):
    ...     print(problem)
    [system]: unknown key 'dram'; did you mean 'dram_energy_j_per_byte'?
    [system] dram_energy_j_per_byte: expected a positive, finite number, got -1.0
    """
    return structure(table, System, ("system",))[1]
