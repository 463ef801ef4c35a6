"""Constant-voltage scaling: dimensions shrink, the supply voltage stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.model.bibliography import RABAEY
from fodlam_core.model.technology import ScalingFactors, Technology

if TYPE_CHECKING:
    from fodlam_core.scaling import Array, Arrays
    from fodlam_core.scaling.general import CurrentModel


class ConstantVoltage:
    """General scaling with U = 1; s = target / source node.

    Velocity-saturated: time s, energy s, so power 1. Long-channel: time s^2, energy s, so power
    1/s. Area s^2.

    >>> ConstantVoltage().factors(Technology(90), Technology(45)).power
    1.0
    """

    name = "constant-voltage"
    aliases = ("fixed-voltage",)
    title = "vdd stays: time s or s^2, energy s, area s^2"
    uses = ("node_nm",)
    domain = "every node, at one supply voltage"
    source = (
        "J. M. Rabaey, A. Chandrakasan and B. Nikolic, Digital Integrated Circuits, 2nd edition, "
        "fixed-voltage scaling"
    )
    citation = RABAEY

    def __init__(self, options: CurrentModel | None = None) -> None:
        """Take the options; by default velocity is saturated."""
        self._is_long = options is not None and options.model == "long-channel"

    @property
    def options(self) -> type[CurrentModel]:
        """The class of the options."""
        from fodlam_core.scaling.general import CurrentModel

        return CurrentModel

    def configure(self, options: CurrentModel) -> ConstantVoltage:
        """Return the rule with the current model that is asked for."""
        return ConstantVoltage(options)

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return the factors; every node is within the domain."""
        s = target.node_nm / source.node_nm
        return ScalingFactors(s * s if self._is_long else s, s, s * s)

    def factors_over(self, source: Technology, node_nm: Array, _vdd: Array | None) -> Arrays:
        """Return the factors of time and energy for many nodes."""
        s = node_nm / source.node_nm
        return s * s if self._is_long else s, s
