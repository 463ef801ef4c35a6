"""Technology points and the factors between them."""

from __future__ import annotations

import math
import sys
from typing import Any

import attrs

from fodlam_core.errors import FactorError, ScalingError
from fodlam_core.model.value import Value
from fodlam_core.named_tuple import NamedTuple

MOST = sys.float_info.max
FLAVORS = ("hp", "lp", "bulk")
MAY_BE_UNKNOWN = ("area", "logic", "sram")


def _point(_instance: object, attribute: attrs.Attribute[Any], value: float | None) -> None:
    if type(value) is float and 0 < value <= MOST:
        return  # at once: a sweep makes points by the hundred thousand
    if value is None and attribute.name == "vdd":
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MOST:
        raise ScalingError(f"{attribute.name}: {value!r} is not a positive, finite number")


def _flavor(_instance: object, _attribute: attrs.Attribute[Any], value: str | None) -> None:
    if value is not None and value not in FLAVORS:
        raise ScalingError(f"flavor: {value!r} is not one of {', '.join(FLAVORS)}")


@attrs.frozen(eq=False, repr=False)
class Technology(Value):
    """An operating point of a process.

    Attributes:
        node_nm: the process node in nanometres.
        vdd: the supply voltage in volts; None if unknown.
        flavor: ``"hp"``, ``"lp"`` or ``"bulk"``; None if unknown.

    Raises:
        ScalingError: if a value is out of range.
    """

    node_nm: float = attrs.field(validator=_point)
    vdd: float | None = attrs.field(default=None, validator=_point)
    flavor: str | None = attrs.field(default=None, validator=_flavor)

    def __str__(self) -> str:
        parts = [f"{self.node_nm:g} nm"]
        if self.vdd is not None:
            parts.append(f"{self.vdd:g} V")
        if self.flavor is not None:
            parts.append(self.flavor)
        return " ".join(parts)


def _factor(_instance: object, attribute: attrs.Attribute[Any], value: float | None) -> None:
    if type(value) is float and 0 < value <= MOST:
        return
    if value is None and attribute.name in MAY_BE_UNKNOWN:
        return
    if not isinstance(value, int | float) or not 0 < value <= MOST:
        raise FactorError(f"the {attribute.name} factor {value!r} is not positive and finite")


@attrs.frozen(eq=False, repr=False)
class ScalingFactors(Value):
    """What a cost is multiplied by on the way to another technology point.

    Attributes:
        time: factor of latency.
        energy: factor of energy.
        area: factor of area; None if the rule does not tell.
        notes: warnings and sources that belong to the result.
        logic: factor of the energy of logic alone; None if the rule does not tell parts apart.
        sram: factor of the energy of memory on the chip alone; None likewise.

    Raises:
        FactorError: if a factor, that of power included, is not positive and finite.

    >>> ScalingFactors(time=2.0, energy=3.0).power
    1.5
    """

    time: float = attrs.field(validator=_factor)
    energy: float = attrs.field(validator=_factor)
    area: float | None = attrs.field(default=None, validator=_factor)
    notes: tuple[str, ...] = ()
    logic: float | None = attrs.field(default=None, validator=_factor, kw_only=True)
    sram: float | None = attrs.field(default=None, validator=_factor, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not 0 < self.power < math.inf:
            raise FactorError(f"the power factor {self.power!r} is not positive and finite")

    @property
    def power(self) -> float:
        """Factor of power: energy / time, so that energy is always power times time."""
        return self.energy / self.time


IDENTITY = ScalingFactors(1.0, 1.0, 1.0)


class Multipliers(NamedTuple):
    """Factors that are known to be right, without area and notes: a sweep has a million."""

    time: float
    energy: float


Factors = ScalingFactors | Multipliers
