"""Technology scaling: rules that carry a cost from one technology point to another."""

from __future__ import annotations

from typing import Protocol

from fodlam_core.technology import ScalingFactors, Technology


class TechnologyScaler(Protocol):
    """A scaling rule.

    It is the identity on equal points, invertible and transitive. A rule with options also has a
    class attribute ``options`` (an attrs class) and a method ``configure(options)`` that returns
    the configured rule.
    """

    @property
    def name(self) -> str:
        """What a configuration calls it."""
        ...

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return what to multiply costs at ``source`` by to get those at ``target``.

        Raises:
            ScalingError: outside the domain of the rule.
        """
        ...
