"""What all applicable scaling rules make of an estimate: the spread that no interval holds."""

from __future__ import annotations

import functools
import math
from operator import add
from typing import TYPE_CHECKING, Any

from fodlam_core.deferred import DeferredRule
from fodlam_core.errors import FodlamError
from fodlam_core.estimates.published_totals import answer
from fodlam_core.estimates.scaling import configured_scaler
from fodlam_core.model.costs import Cost
from fodlam_core.model.quantities import METRICS, Interval
from fodlam_core.named_tuple import NamedTuple
from fodlam_core.report.units import counted, quantity
from fodlam_core.scaling.carry import UNCHANGED, multipliers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fodlam_core.config import Config
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.estimates.result import Result
    from fodlam_core.model.quantities import Bounds
    from fodlam_core.model.technology import Multipliers
    from fodlam_core.plugins.registry import Registry
    from fodlam_core.scaling import TechnologyScaler

# It says that nothing is scaled: no estimate of what scaling does.
NO_RULE = "none"
# By rule and accelerator: what time and energy are multiplied by.
ByRule = dict[str, dict[str, "Multipliers"]]
# The time of a rule whose source has none: it is in no spread.
NO_TIME = math.nan


class ScalingBand(NamedTuple):
    """The least and the greatest total over all rules that apply.

    Attributes:
        rules: the names of the rules.
        bounds: the ends of each metric that a rule scales; None where no layer has one.
        counts: how many of the rules each of these is over: not all of them have times.
    """

    rules: tuple[str, ...]
    bounds: Interval
    counts: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the band as the JSON schema has it."""
        return {"rules": list(self.rules), **self.bounds.record()}

    @property
    def is_open(self) -> bool:
        """Whether the rules disagree in what a table shows."""
        return " to " in str(self)

    def __str__(self) -> str:
        ends: dict[int, list[str]] = {}
        # Energy first: the rules agree in it the least.
        for metric, each, count in reversed([*zip(METRICS, self.bounds, self.counts, strict=True)]):
            if each is not None:
                ends.setdefault(count, []).append(_ends(each, metric.unit))
        known = ends or {len(self.rules): ["-"]}
        return ", ".join(
            f"{' and '.join(each)} over {counted(count, 'rule')}" for count, each in known.items()
        )


class ApplicableRules:
    """The rules that serve every chip in use, found when first asked for: a plain run is not.

    They are the rules of the core, and the chosen one wherever it is from.

    Attributes:
        config: the configuration, whose rule counts with its options, others with their defaults.
        platforms: the chips in use, by name.
        registry: what supplies the rules.
    """

    def __init__(
        self, config: Config, platforms: Mapping[str, Platform], registry: Registry
    ) -> None:
        """Take what the rules depend on."""
        self.config, self.platforms, self.registry = config, platforms, registry

    @functools.cached_property
    def multipliers(self) -> ByRule:
        """What each rule multiplies time and energy by; nothing where nothing is scaled."""
        if not any(platform.is_scaled for platform in self.platforms.values()):
            return {}
        technology = self.config.technology
        chosen = configured_scaler(technology, self.registry)
        if chosen.name == NO_RULE:
            return {}
        found: ByRule = {}
        # Rules of plugins count where they are chosen only: installing one changes no result.
        own = (name for name in self.registry.names("rule") if self.registry.is_own("rule", name))
        for name in dict.fromkeys((*own, chosen.name)):
            rule = self.registry.scaler(name)
            if rule.name == chosen.name:
                rule = chosen
            elif rule.name == NO_RULE or self._rules_out(rule):
                continue
            served = dict(_served(rule, self.platforms, technology.clock))
            if len(served) == len(self.platforms):
                found[rule.name] = served
        return found

    def _rules_out(self, rule: TechnologyScaler) -> bool:
        """Tell of a rule that is not loaded, and need not be, that it does not serve some chip."""
        return isinstance(rule, DeferredRule) and any(
            rule.rules_out(each.source, each.target)
            for each in self.platforms.values()
            if each.source and each.target and each.source != each.target
        )

    def __getstate__(self) -> dict[str, Any]:
        """Return what was found, and nothing else: what a worker process sends back."""
        return {"multipliers": self.multipliers}


def _served(
    rule: TechnologyScaler, platforms: Mapping[str, Platform], clock: str
) -> Iterator[tuple[str, Multipliers]]:
    for name, platform in platforms.items():
        if platform.source is None or platform.target is None:
            yield name, UNCHANGED
            continue
        try:
            found = multipliers(
                rule, platform.source, platform.target, clock, platform.accelerator.energy_split
            )
        except FodlamError:  # out of its domain, or broken: no rule to count
            return
        yield name, found._replace(time=NO_TIME) if getattr(rule, "energy_only", False) else found


def scaling_band(estimate: Result, kind: str = "total") -> ScalingBand | None:
    """Return the spread of a total over all applicable rules; None where nothing is scaled.

    Args:
        estimate: the estimate.
        kind: a kind of layer, or ``"total"``.
    """
    rules = estimate.rules.multipliers if estimate.rules else {}
    if not rules:
        return None
    natives = list(_natives(estimate, kind))
    totals = [_total(natives, by_chip) for by_chip in rules.values()]
    known = [_known(each) for each in zip(*totals, strict=True)]
    return ScalingBand(tuple(rules), Interval(*map(_range, known)), tuple(map(len, known)))


def _total(
    natives: Iterable[tuple[str, Cost]], by_chip: Mapping[str, Multipliers]
) -> tuple[float | None, ...]:
    """Return a total under one rule, each metric that it scales."""
    carried = [cost.carried(by_chip[name]) for name, cost in natives]
    known = (
        [value for each in carried if (value := each[place]) is not None and metric.factor]
        for place, metric in enumerate(METRICS)
    )
    # One after another, as totals are: sum() rounds otherwise from Python 3.12 on.
    return tuple(functools.reduce(add, values) if values else None for values in known)


def _natives(estimate: Result, kind: str) -> Iterator[tuple[str, Cost]]:
    whole = answer(estimate.platforms, estimate.references, estimate.batch)
    if whole and kind == "total":
        share = whole.inferences / whole.reference.batch
        reference = whole.reference
        yield whole.accelerator, Cost.of(reference.amounts) * share
        return
    for each in estimate.layers:
        native = each.native
        if native and each.accelerator and kind in (each.layer.kind, "total"):
            yield each.accelerator, native


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None and not math.isnan(value)]


def _range(known: Sequence[float]) -> Bounds | None:
    return (min(known), max(known)) if known else None


def _ends(bounds: Bounds, unit: str) -> str:
    low, high = (quantity(value, unit) for value in bounds)
    if low == high:
        return low
    number, _, same = low.partition(" ")
    return f"{number} to {high}" if high.endswith(f" {same}") else f"{low} to {high}"
