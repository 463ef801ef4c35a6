"""Factors as ``[technology.options]`` gives them, and what follows from them by chains."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from fodlam_core.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Ratios = dict[tuple[float, float], float]
TOLERANCE = 1e-9


def _positive(_instance: object, _attribute: object, value: Any) -> None:
    if value is not None and not 0 < value < math.inf:
        raise ValueError(f"{value!r} is not positive and finite")


@attrs.frozen(eq=False, repr=False)
class GivenFactors(Value):
    """Factors from one node to another; energy and power are two ways to say the same.

    Attributes:
        from_nm: the node that costs are known for.
        to_nm: the node that they are asked for.
        time: factor of latency.
        energy: factor of energy.
        power: factor of power; give either this or energy.
        area: factor of area, if known.
        logic_energy: factor of the energy of logic alone, if known; see
            `fodlam_core.model.energy_split`.
        sram_energy: factor of the energy of memory on the chip alone, if known.

    Raises:
        ValueError: if the factors do not go together.
    """

    from_nm: float = attrs.field(validator=_positive)
    to_nm: float = attrs.field(validator=_positive)
    time: float = attrs.field(validator=_positive)
    energy: float | None = attrs.field(default=None, validator=_positive)
    power: float | None = attrs.field(default=None, validator=_positive)
    area: float | None = attrs.field(default=None, validator=_positive)
    logic_energy: float | None = attrs.field(default=None, validator=_positive)
    sram_energy: float | None = attrs.field(default=None, validator=_positive)

    def __attrs_post_init__(self) -> None:
        if (self.energy is None) == (self.power is None):
            raise ValueError("give exactly one of energy and power")
        if self.from_nm == self.to_nm:
            raise ValueError("from_nm and to_nm are the same node, which has factors of 1")


@attrs.frozen(eq=False, repr=False)
class CustomOptions(Value):
    """Options of the rule.

    Attributes:
        factors: the factors by pair of nodes; the way back and detours follow from them.

    Raises:
        ValueError: if the factors contradict each other.
    """

    factors: tuple[GivenFactors, ...] = ()

    def __attrs_post_init__(self) -> None:
        given_levels(self.factors)

    @property
    def levels(self) -> Levels:
        """What is known of every node that is named."""
        return given_levels(self.factors)

    def gives(self, from_nm: float, to_nm: float) -> bool:
        """Tell whether factors between two nodes are given, this way or the other."""
        return any({each.from_nm, each.to_nm} == {from_nm, to_nm} for each in self.factors)


class Level(NamedTuple):
    """A value relative to the same value at another node, to which a chain of factors leads."""

    root: float
    value: float


class Levels(NamedTuple):
    """Time, energy, area, and energies of logic and SRAM alone, by node."""

    time: Mapping[float, Level]
    energy: Mapping[float, Level]
    area: Mapping[float, Level]
    logic: Mapping[float, Level]
    sram: Mapping[float, Level]

    def ratios(self, from_nm: float, to_nm: float) -> tuple[float | None, ...]:
        """Return the factor of each of them from one node to another, None if it is not known."""
        return tuple(_ratio(each, from_nm, to_nm) for each in self)


def given_levels(factors: Iterable[GivenFactors]) -> Levels:
    """Return time, energy and area of every node that is named.

    Raises:
        ValueError: if one pair of factors contradicts what follows from the others.
    """
    ratios: dict[str, Ratios] = {name: {} for name in Levels._fields}
    for given in factors:
        pair = given.from_nm, given.to_nm
        values = (
            given.time,
            given.energy or given.time * (given.power or 0),
            given.area,
            given.logic_energy,
            given.sram_energy,
        )
        for name, value in zip(Levels._fields, values, strict=True):
            if value is not None and ratios[name].setdefault(pair, value) != value:
                raise ValueError(f"{name} from {pair[0]:g} to {pair[1]:g} nm is given twice")
    return Levels(*(_levels(name, each) for name, each in ratios.items()))


def _levels(name: str, ratios: Ratios) -> dict[float, Level]:
    """Follow the factors from node to node, and check each that was not needed for it."""
    steps: dict[float, list[tuple[float, float]]] = {}
    for (source, target), value in ratios.items():
        steps.setdefault(source, []).append((target, value))
        steps.setdefault(target, []).append((source, 1 / value))
    levels: dict[float, Level] = {}
    for root in steps:
        if root not in levels:
            levels[root] = Level(root, 1.0)
            found = [root]
            for node in found:
                for other, value in steps[node]:
                    if other not in levels:
                        levels[other] = Level(root, levels[node].value * value)
                        _positive(None, None, levels[other].value)
                        found.append(other)
    for (source, target), value in ratios.items():
        follows = levels[target].value / levels[source].value
        if not math.isclose(follows, value, rel_tol=TOLERANCE):
            raise ValueError(
                f"{name} from {source:g} to {target:g} nm is given as {value:g}, but "
                f"{follows:.6g} follows from the other factors; leave one out"
            )
    return levels


def _ratio(levels: Mapping[float, Level], source: float, target: float) -> float | None:
    if source in levels and target in levels and levels[source].root == levels[target].root:
        return levels[target].value / levels[source].value
    return None
