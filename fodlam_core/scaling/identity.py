"""No scaling at all."""

from __future__ import annotations

from fodlam_core.model.technology import IDENTITY, ScalingFactors, Technology


class NoScaling:
    """Costs stay as they are on the accelerator's own node; a note says so where nodes differ."""

    name = "none"
    aliases = ("identity",)
    title = "nothing is scaled"
    uses = ()
    domain = "every node; says so where nodes differ"
    source = "-"
    citation = None

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return factors of 1."""
        if source.node_nm == target.node_nm:
            return IDENTITY
        note = (
            f"no scaling: numbers of a {source.node_nm:g} nm chip are used unchanged for "
            f"{target.node_nm:g} nm"
        )
        return ScalingFactors(time=1.0, energy=1.0, area=1.0, notes=(note,))
