"""Post-Dennard scaling: leakage keeps the threshold, and so the supply voltage, where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.model.bibliography import TAYLOR
from fodlam_core.model.technology import ScalingFactors, Technology

if TYPE_CHECKING:
    from fodlam_core.scaling import Array, Arrays


class PostDennard:
    """Leakage-limited scaling: with s = target / source node, time s, energy s, so power 1.

    Area goes with s^2, so that a full chip of one area needs 1/s^2 the power: dark silicon.

    >>> PostDennard().factors(Technology(45), Technology(90)).power
    1.0
    """

    name = "post-dennard"
    aliases = ("leakage-limited",)
    title = "vdd stays because of leakage: time s, energy s, power 1, area s^2"
    uses = ("node_nm",)
    domain = "every node"
    source = (
        'M. B. Taylor, "Is Dark Silicon Useful? Harnessing the Four Horsemen of the Coming Dark '
        'Silicon Apocalypse", DAC 2012'
    )
    citation = TAYLOR

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return the factors; every node is within the domain."""
        s = target.node_nm / source.node_nm
        return ScalingFactors(s, s, s * s)

    def factors_over(self, source: Technology, node_nm: Array, _vdd: Array | None) -> Arrays:
        """Return the factors of time and energy for many nodes."""
        s = node_nm / source.node_nm
        return s, s
