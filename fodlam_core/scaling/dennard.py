"""Constant-field scaling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.model.technology import ScalingFactors, Technology

if TYPE_CHECKING:
    from fodlam_core.model.costs import Citation
    from fodlam_core.scaling import Array, Arrays

LEAKAGE_ERA_NM = 90


class Dennard:
    """Constant-field scaling: with s = target / source node, time s, power s^2, energy s^3.

    Area goes with s^2; the supply voltage is taken to scale by s.

    >>> Dennard().factors(Technology(45), Technology(90)).energy
    8.0
    """

    name = "dennard"
    aliases = ("constant-field",)
    title = "constant field: time s, power s^2, energy s^3, area s^2"
    uses = ("node_nm",)
    domain = f"every node; not accurate below about {LEAKAGE_ERA_NM} nm, where a note says so"
    source = (
        "R. H. Dennard et al., \"Design of Ion-Implanted MOSFET's with Very Small Physical "
        'Dimensions", IEEE JSSC 9(5), 1974, Table I; the rule that FODLAM uses'
    )

    @property
    def citation(self) -> Citation:
        """The publication of the rule."""
        from fodlam_core.model.bibliography import DENNARD

        return DENNARD

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return the factors; every node is within the domain."""
        s = target.node_nm / source.node_nm
        notes: tuple[str, ...] = ()
        if min(source.node_nm, target.node_nm) < LEAKAGE_ERA_NM and s != 1:
            note = (
                f"dennard scaling between {source.node_nm:g} and {target.node_nm:g} nm: the rule "
                f"is not accurate below about {LEAKAGE_ERA_NM} nm, where leakage stopped the "
                "supply voltage from falling"
            )
            notes = (note,)
        return ScalingFactors(time=s, energy=s * s * s, area=s * s, notes=notes)

    def factors_over(self, source: Technology, node_nm: Array, _vdd: Array | None) -> Arrays:
        """Return the factors of time and energy for many nodes."""
        s = node_nm / source.node_nm
        return s, s * s * s
