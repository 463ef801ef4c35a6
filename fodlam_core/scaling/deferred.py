"""A rule whose module is imported when it is first used."""

from __future__ import annotations

from fodlam_core.deferred import Deferred
from fodlam_core.technology import ScalingFactors, Technology


class DeferredRule(Deferred):
    """Stands for a rule.

    Attributes:
        aliases: further names of the rule.
    """

    def __init__(self, name: str, aliases: tuple[str, ...], module: str, maker: str) -> None:
        """Take the names of the rule and where it is."""
        super().__init__(name, module, maker)
        self.aliases = aliases

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return the factors of the rule."""
        factors: ScalingFactors = self._object.factors(source, target)
        return factors
