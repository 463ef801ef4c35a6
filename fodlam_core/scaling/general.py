"""General scaling: dimensions and supply voltage shrink by factors of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

from fodlam_core.errors import ScalingError
from fodlam_core.model.bibliography import RABAEY
from fodlam_core.model.technology import IDENTITY, ScalingFactors, Technology
from fodlam_core.model.value import Value
from fodlam_core.scaling.inputs import require

if TYPE_CHECKING:
    from fodlam_core.scaling import Array, Arrays

NEEDS = ("vdd",)


@attrs.frozen(eq=False, repr=False)
class CurrentModel(Value):
    """How the drain current of a transistor depends on the voltage.

    Attributes:
        model: ``"velocity-saturated"`` (short channel: I ~ W C V) or ``"long-channel"`` (square
            law: I ~ W/L C V^2).
    """

    model: Literal["velocity-saturated", "long-channel"] = "velocity-saturated"


class General:
    """General scaling, S the ratio of the nodes and U that of the voltages, source / target.

    Velocity-saturated: time 1/S, energy 1/(S U^2), so power 1/U^2. Long-channel: time U/S^2,
    energy 1/(S U^2), so power S/U^3. Area 1/S^2. Both follow from delay C V / I and energy
    C V^2 with C ~ 1/S. U = S is Dennard scaling, U = 1 constant voltage.

    >>> General().factors(Technology(65, vdd=1.0), Technology(32.5, vdd=0.5)).power
    0.25
    """

    name = "general"
    title = "S and U: time 1/S or U/S^2, energy 1/(S U^2), area 1/S^2"
    uses = ("node_nm", "vdd")
    domain = (
        "every node, with vdd at both points; one node at two voltages only with "
        'model = "long-channel"'
    )
    source = (
        "J. M. Rabaey, A. Chandrakasan and B. Nikolic, Digital Integrated Circuits, 2nd edition, "
        "general scaling of short-channel and of long-channel devices"
    )
    citation = RABAEY
    options = CurrentModel

    def __init__(self, options: CurrentModel | None = None) -> None:
        """Take the options; by default those of the class."""
        self._model = (options or CurrentModel()).model

    def configure(self, options: CurrentModel) -> General:
        """Return the rule with the current model that is asked for."""
        return General(options)

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return the factors.

        Raises:
            MissingInputsError: if a point states no supply voltage.
            ScalingError: if only the voltage changes and the model does not tell what then.
        """
        if source == target:
            return IDENTITY
        require(source, target, NEEDS, NEEDS)
        assert source.vdd is not None
        assert target.vdd is not None
        s, u = target.node_nm / source.node_nm, target.vdd / source.vdd
        if self._model == "long-channel":
            return ScalingFactors(s * s / u, s * u * u, s * s)
        if s == 1 and u != 1:
            raise ScalingError(
                "delay does not depend on vdd when velocity is saturated, so the rule cannot "
                f"carry {source.node_nm:g} nm from {source.vdd:g} V to {target.vdd:g} V; "
                'model = "long-channel" can'
            )
        return ScalingFactors(s, s * u * u, s * s)

    def factors_over(self, source: Technology, node_nm: Array, vdd: Array | None) -> Arrays | None:
        """Return factors of time and energy for many points; None where a voltage is missing."""
        if source.vdd is None or vdd is None:
            return None
        s, u = node_nm / source.node_nm, vdd / source.vdd
        if self._model == "long-channel":
            return s * s / u, s * u * u
        told = (node_nm != source.node_nm) | (vdd == source.vdd)
        return s / told, s * u * u  # infinite, and so no factor, where the rule does not tell
