"""The factors of technology scaling, each asked of its rule once."""

from __future__ import annotations

import itertools
import operator
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from fodlam_core.errors import FodlamError
from fodlam_core.estimates.platform import settings_of
from fodlam_core.estimates.scaling import Route, route_of
from fodlam_core.model.technology import Multipliers
from fodlam_core.scaling.carry import UNCHANGED
from fodlam_core.sweeps.costs import Slot, first_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.config import Config, TechnologyConfig
    from fodlam_core.plugins.registry import Registry

# Factors, or why a rule refuses.
Answer = Multipliers | str
Values = tuple[Any, ...]
# The keys that make a target, and that change from point to point while the rule stays.
TARGET = ("technology.node_nm", "technology.vdd", "technology.flavor")


class Points(NamedTuple):
    """Values of some keys of the configuration, a row for each combination.

    Attributes:
        keys: the keys.
        labels: the values as the columns of the result hold them, which can be told apart.
        values: the values themselves.
    """

    keys: list[str]
    labels: list[Values]
    values: list[Values]


class FactorSource:
    """Asks the rules for factors; it remembers those of the last part, and so does not grow.

    Args:
        config: the configuration at the first point of the sweep.
        registry: what is installed.
    """

    def __init__(self, config: Config, registry: Registry) -> None:
        self._config = config
        self._registry = registry
        self._last: dict[Slot, dict[Values, Answer]] = {}

    def get(
        self, accelerators: Mapping[Slot, Accelerator], points: Points
    ) -> dict[Slot, list[Answer]]:
        """Return for each accelerator its factors at each technology point.

        Args:
            accelerators: the accelerators, their options applied.
            points: the technology points.
        """
        answers: dict[Slot, list[Answer]] = {}
        known: dict[Slot, dict[Values, Answer]] = {}
        for slot, accelerator in accelerators.items():
            known[slot] = {}
            last = self._last.get(slot, {})
            answers[slot] = list(self._answers(accelerator, points, last, known[slot]))
        self._last |= known
        return answers

    def _answers(
        self,
        accelerator: Accelerator,
        points: Points,
        last: Mapping[Values, Answer],
        known: dict[Values, Answer],
    ) -> Iterator[Answer]:
        """Yield the answers for one accelerator; those that are new go to the known ones."""
        mine = f"accelerator.{accelerator.name}.technology."
        keys = [key for key in points.keys if key.startswith(("technology.", mine))]
        rest = [key for key in keys if key not in TARGET]
        pick, settle = _picker(points.keys, keys), _picker(points.keys, rest)
        routes: dict[Values, Route | str] = {}
        rows = zip(points.labels, points.values, self._targets(points), strict=True)
        for labels, values, target in rows:
            key = pick(labels)
            answer = known.get(key) or last.get(key)
            if answer is None:
                settled = settle(labels)
                if settled not in routes:
                    chosen = dict(zip(points.keys, values, strict=True))
                    routes[settled] = self.route(accelerator, {key: chosen[key] for key in rest})
                answer = _answer(routes[settled], *target)
            known[key] = answer
            yield answer

    @property
    def asked(self) -> TechnologyConfig:
        """The technology of the configuration at the first point of the sweep."""
        return self._config.technology

    def _targets(self, points: Points) -> Iterator[tuple[Any, ...]]:
        """Yield node, voltage and flavour of each point, as far as they are given."""
        asked, rows = self._config.technology, points.values
        told = (asked.node_nm, asked.vdd, asked.flavor)
        columns = [
            map(operator.itemgetter(points.keys.index(key)), rows)
            if key in points.keys
            else itertools.repeat(value, len(rows))
            for key, value in zip(TARGET, told, strict=True)
        ]
        return zip(*columns, strict=True)

    def route(self, accelerator: Accelerator, values: Mapping[str, Any]) -> Route | str:
        """Return how an accelerator is carried with some keys set, or why it cannot be."""
        asked: dict[str, Any] = {}
        options: dict[str, Any] = {}
        own: dict[str, Any] = {}
        for key, value in values.items():
            *path, last = key.split(".")
            if path == ["technology", "options"]:
                options[last] = value
            elif path == ["technology"]:
                asked[last] = value
            else:
                own[last] = value
        technology: TechnologyConfig = attrs.evolve(self._config.technology, **asked)
        if options:
            technology = attrs.evolve(technology, options={**technology.options, **options})
        settings = settings_of(accelerator.name, self._config, self._registry)
        if own:
            point = attrs.evolve(settings.technology, **own)
            settings = attrs.evolve(settings, technology=point)
        try:
            return route_of(accelerator, settings, technology, self._registry)
        except FodlamError as error:
            return first_line(error)


def _answer(
    route: Route | str, node_nm: float | None, vdd: float | None, flavor: str | None
) -> Answer:
    if node_nm is None and vdd is None and flavor is None:
        return UNCHANGED
    if isinstance(route, str):
        return route
    try:
        return route.multipliers(route.target(node_nm, vdd, flavor))
    except FodlamError as error:
        return first_line(error)


def _picker(keys: Sequence[str], wanted: Sequence[str]) -> Callable[[Values], Any]:
    """Return what takes the values of the wanted keys out of a row, to tell rows apart by."""
    return operator.itemgetter(*map(keys.index, wanted)) if wanted else lambda _row: ()
