"""How the energy of a chip splits into logic, SRAM and DRAM, which do not scale alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.errors import PluginError
from fodlam_core.model import validators
from fodlam_core.model.value import Value

if TYPE_CHECKING:
    from fodlam_core.model.technology import ScalingFactors

PARTS = ("logic", "sram", "dram")


@attrs.frozen(eq=False, repr=False)
class EnergySplit(Value):
    """What the energy of a chip is made of, in any unit: only the shares count.

    Attributes:
        logic: arithmetic, registers, clock and wires.
        sram: memory on the chip.
        dram: memory next to it, whose energy does not follow the node of the logic.
        where: table or figure of the numbers.

    Raises:
        PluginError: if a number is negative, or nothing is above zero.

    >>> EnergySplit(logic=1, sram=3).shares
    {'logic': 0.25, 'sram': 0.75}
    """

    logic: float = attrs.field(default=0.0, validator=validators.amount)
    sram: float = attrs.field(default=0.0, validator=validators.amount)
    dram: float = attrs.field(default=0.0, validator=validators.amount)
    where: str = attrs.field(default="", validator=validators.text)

    def __attrs_post_init__(self) -> None:
        if not self.logic + self.sram + self.dram > 0:
            raise PluginError(f"EnergySplit: no part is above zero; give {', '.join(PARTS)}")

    @property
    def shares(self) -> dict[str, float]:
        """The share of each part that there is."""
        parts = {name: getattr(self, name) for name in PARTS}
        total = sum(parts.values())
        return {name: value / total for name, value in parts.items() if value}

    def over(self, energy: Any) -> Any:
        """Return energy factors of a rule that has one for logic and SRAM: DRAM stays as it is."""
        dram = self.shares.get("dram", 0.0)
        return energy * (1 - dram) + dram if dram else energy

    def apply(self, factors: ScalingFactors) -> ScalingFactors:
        """Return factors whose energy is that of the parts, each by its own factor.

        DRAM stays as it is under every rule. Where a rule has no factor for logic or SRAM, they
        scale by the one factor that it has for energy.
        """
        if factors.logic is None and factors.sram is None and not self.dram:
            return factors  # as if the split were not known, to the last bit
        shares = self.shares
        by_part = {
            "logic": factors.energy if factors.logic is None else factors.logic,
            "sram": factors.energy if factors.sram is None else factors.sram,
            "dram": 1.0,
        }
        energy = sum(share * by_part[name] for name, share in shares.items())
        said = ", ".join(
            f"{100 * share:.0f} % {name.upper() if name != 'logic' else name} by "
            f"{by_part[name]:.4g}"
            for name, share in shares.items()
        )
        where = f" ({self.where})" if self.where else ""
        note = f"parts scale apart: {said}{where}; energy by {energy:.4g}"
        return attrs.evolve(factors, energy=energy, notes=(*factors.notes, note))
