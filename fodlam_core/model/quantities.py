"""What a result has numbers of: the table that every other table, file, sweep and check goes by.

A further quantity that adds up over layers is a row of `METRICS`, and a field of `Amounts`, of
`Interval` and of `fodlam_core.model.costs.Cost`. Tables of measurements give it in a column of its
name, as they give any further column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fodlam_core.model.technology import Factors

Bounds = tuple[float, float]


class Quantity(NamedTuple):
    """A quantity of a result.

    Attributes:
        name: what notes, headings and coverage call it.
        key: the field that holds it, and its key in JSON and CSV, which ends in its unit.
        unit: its unit in SI; empty for a rate, which is shown as a number.
        factor: which of the `ScalingFactors` carries it to another technology point; empty if it
            is the same at every one.
        fixed: the field of a cost with the part of it that no factor applies to; empty if none.
    """

    name: str
    key: str
    unit: str
    factor: str = ""
    fixed: str = ""

    def end(self, which: str) -> str:
        """Return the key of an end of its interval.

        >>> LATENCY.end("low")
        'latency_low_s'
        """
        stem, _, unit = self.key.rpartition("_")
        return f"{stem}_{which}_{unit}"

    def factor_of(self, factors: Factors) -> float:
        """Return what carries it to another technology point."""
        factor: float = getattr(factors, self.factor) if self.factor else 1.0
        return factor

    def fixed_of(self, cost: object) -> float:
        """Return the part of a cost that no factor applies to."""
        part: float = getattr(cost, self.fixed) if self.fixed else 0.0
        return part

    def carried(self, value: float, cost: object, factors: Factors) -> float:
        """Return how much it is at another technology point, of a cost that has so much of it."""
        part = self.fixed_of(cost)
        return (value - part) * self.factor_of(factors) + part


LATENCY = Quantity(
    name="latency", key="latency_s", unit="s", factor="time", fixed="offchip_latency_s"
)
ENERGY = Quantity(name="energy", key="energy_j", unit="J", factor="energy")
# What adds up over layers, runs and inferences, in the order of the fields of `Amounts`.
METRICS: tuple[Quantity, ...] = (LATENCY, ENERGY)
# What follows from sums, and adds up over nothing.
POWER = Quantity(name="power", key="power_w", unit="W", factor="power")
RATES = (
    Quantity("inferences/s", "inferences_per_s", ""),
    Quantity("GMAC/s", "gmacs_per_s", ""),
    Quantity("GMAC/s/W", "gmacs_per_s_per_w", ""),
)
COSTS = (*METRICS, POWER)
COST_KEYS = tuple(each.key for each in COSTS)
# What a key ends in -> the unit of its numbers.
UNITS = {f"_{each.key.rpartition('_')[2]}": each.unit for each in COSTS}


class Amounts(NamedTuple):
    """How much there is of each metric; None where it is not known.

    Attributes:
        latency_s: seconds.
        energy_j: joules.
    """

    latency_s: float | None = None
    energy_j: float | None = None

    @property
    def power_w(self) -> float | None:
        """Average power in watts; None where latency or energy is not known, or latency is 0."""
        if self.energy_j is None or not self.latency_s:
            return None
        return self.energy_j / self.latency_s

    def times(self, count: float) -> Amounts:
        """Return as many times as much."""
        if count == 1:
            return self
        return Amounts(*[None if each is None else each * count for each in self])

    def plus(self, other: Amounts) -> Amounts:
        """Return the sum; what one of the two does not know stays unknown."""
        return Amounts(
            *[None if a is None or b is None else a + b for a, b in zip(self, other, strict=True)]
        )

    def record(self) -> dict[str, Any]:
        """Return every metric, and the power, by key."""
        return {**self._asdict(), POWER.key: self.power_w}


class Interval(NamedTuple):
    """Where a cost may lie.

    Attributes:
        latency_s: least and greatest latency in seconds; None if not known.
        energy_j: least and greatest energy in joules; None if not known.
    """

    latency_s: Bounds | None = None
    energy_j: Bounds | None = None

    def times(self, *factors: float) -> Interval:
        """Return the interval of a cost that is so many times as great.

        Args:
            factors: one for each metric, or one for all.
        """
        every = factors * len(self) if len(factors) == 1 else factors
        return Interval(
            *[
                None if each is None else (each[0] * factor, each[1] * factor)
                for each, factor in zip(self, every, strict=True)
            ]
        )

    def record(self) -> dict[str, list[float] | None]:
        """Return the ends of each metric by key."""
        return {name: None if each is None else list(each) for name, each in self._asdict().items()}


def interval_of(bounds: Iterable[Bounds | None]) -> Interval | None:
    """Return an interval of the bounds of each metric; None if none is known."""
    found = Interval(*bounds)
    return found if any(found) else None


def each_known(values: Sequence[float | None]) -> Iterator[tuple[Quantity, float]]:
    """Yield the metrics that are known, each with how much."""
    for metric, value in zip(METRICS, values, strict=True):
        if value is not None:
            yield metric, value
