"""The rule of the factors that the configuration gives itself, such as what a foundry claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors import ScalingError, Setting
from fodlam_core.model.technology import IDENTITY, ScalingFactors, Technology

if TYPE_CHECKING:
    from fodlam_core.scaling.given_factors import CustomOptions

FACTORS = "[{{from_nm = {:g}, to_nm = {:g}, time = ..., power = ...}}]"


class Custom:
    """The factors of ``[technology.options]``; what is not given, and does not follow, is refused.

    >>> from fodlam_core.scaling.given_factors import CustomOptions, GivenFactors
    >>> rule = Custom(CustomOptions((GivenFactors(45, 28, time=0.5, power=1.0),)))
    >>> rule.factors(Technology(28), Technology(45)).energy
    2.0
    """

    name = "custom"
    aliases = ("table",)
    title = "the time and energy or power factors of the configuration"
    uses = ("node_nm",)
    domain = "the pairs of nodes given in [[technology.options.factors]], and what follows of them"
    source = "what the configuration is based on"

    def __init__(self, options: CustomOptions | None = None) -> None:
        """Take the options; by default there are no factors."""
        self._given = options
        self._levels = options.levels if options else None

    @property
    def options(self) -> type[CustomOptions]:
        """The class of the options."""
        from fodlam_core.scaling.given_factors import CustomOptions

        return CustomOptions

    def configure(self, options: CustomOptions) -> Custom:
        """Return the rule with the factors that are given."""
        return Custom(options)

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return the factors, chained where they are not given as they are.

        Raises:
            ScalingError: if they are not given and do not follow.
        """
        a, b = source.node_nm, target.node_nm
        if a == b:
            return IDENTITY
        known = self._levels.ratios(a, b) if self._levels else (None,) * 5
        time, energy, area, logic, sram = known
        if self._given is None or time is None or energy is None:
            line = Setting(("technology", "options"), "factors", FACTORS.format(a, b))
            raise ScalingError(f"no factors are given from {a:g} to {b:g} nm", cure=("give ", line))
        notes = [f"factors from {a:g} to {b:g} nm are those that the configuration gives"]
        if not self._given.gives(a, b):
            notes = [f"factors from {a:g} to {b:g} nm follow from others that are given"]
        return ScalingFactors(
            time=time, energy=energy, area=area, notes=tuple(notes), logic=logic, sram=sram
        )
