"""A rule whose module is imported when it is first used."""

from __future__ import annotations

import functools
import importlib
from typing import Any

from fodlam_core.scaling import TechnologyScaler
from fodlam_core.technology import ScalingFactors, Technology


@functools.cache
def _load(module: str, maker: str) -> TechnologyScaler:
    rule: TechnologyScaler = getattr(importlib.import_module(module), maker)()
    return rule


class DeferredRule:
    """Stands for a rule so that a run pays only for the one that it uses.

    Everything but its names is that of the rule.

    Attributes:
        name: the name of the rule.
        aliases: further names of the rule.
        module: the module to import.
        maker: the class or function in it that makes the rule.
    """

    def __init__(self, name: str, aliases: tuple[str, ...], module: str, maker: str) -> None:
        """Take the names of the rule and where it is."""
        self.name, self.aliases, self.module, self.maker = name, aliases, module, maker

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return the factors of the rule."""
        return _load(self.module, self.maker).factors(source, target)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # pickle and copy ask before there are any attributes
            raise AttributeError(name)
        return getattr(_load(self.module, self.maker), name)
