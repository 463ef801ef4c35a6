"""The factors of technology scaling, each asked of its rule once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from fodlam_core.accelerators import Accelerator
from fodlam_core.composer.scaling import scaling
from fodlam_core.config import AcceleratorConfig, Config, TechnologyConfig
from fodlam_core.errors import FodlamError
from fodlam_core.registry import Registry
from fodlam_core.sweeps.costs import Slot, first_line

# Of time and energy: notes are left behind, since they would be held by the hundred thousand.
Factors = tuple[float, float]
Labels = tuple[Any, ...]
Point = tuple[Labels, tuple[Any, ...]]


class FactorSource:
    """Asks the rules for factors; it remembers those of the last part, and so does not grow.

    Args:
        config: the configuration at the first point of the sweep.
        registry: what is installed.
    """

    def __init__(self, config: Config, registry: Registry) -> None:
        self._config = config
        self._registry = registry
        self._last: dict[tuple[Slot, Labels], Factors | str] = {}

    def get(
        self,
        accelerators: Mapping[Slot, Accelerator],
        keys: Sequence[str],
        points: Sequence[Point],
    ) -> dict[Slot, list[Factors | str]]:
        """Return for each accelerator its factors at each point, or why a rule refuses.

        Args:
            accelerators: the accelerators, their options applied.
            keys: the keys of the configuration that make a technology point.
            points: the labels and the values of these keys.
        """
        found: dict[tuple[Slot, Labels], Factors | str] = {}
        answers: dict[Slot, list[Factors | str]] = {}
        for slot, accelerator in accelerators.items():
            answers[slot] = []
            for labels, values in points:
                answer = found.get((slot, labels)) or self._last.get((slot, labels))
                if answer is None:
                    answer = self._ask(accelerator, dict(zip(keys, values, strict=True)))
                found[slot, labels] = answer
                answers[slot].append(answer)
        self._last = found
        return answers

    def _ask(self, accelerator: Accelerator, values: Mapping[str, Any]) -> Factors | str:
        asked: dict[str, Any] = {}
        options: dict[str, Any] = {}
        own: dict[str, Any] = {}
        mine = f"accelerator.{accelerator.name}.technology."
        for key, value in values.items():
            if key.startswith("technology.options."):
                options[key.removeprefix("technology.options.")] = value
            elif key.startswith("technology."):
                asked[key.removeprefix("technology.")] = value
            elif key.startswith(mine):
                own[key.removeprefix(mine)] = value
        technology: TechnologyConfig = attrs.evolve(self._config.technology, **asked)
        if options:
            technology = attrs.evolve(technology, options={**technology.options, **options})
        settings = self._config.accelerator.get(accelerator.name, AcceleratorConfig())
        if own:
            point = attrs.evolve(settings.technology, **own)
            settings = attrs.evolve(settings, technology=point)
        try:
            *_, factors = scaling(accelerator, settings, technology, self._registry)
            return factors.time, factors.energy
        except FodlamError as error:
            return first_line(error)
