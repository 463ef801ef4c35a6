"""One process at two supply voltages: the alpha-power law."""

from __future__ import annotations

import functools
import os
from typing import Any, NamedTuple

import attrs
import tomli

from fodlam_core.errors import ScalingError
from fodlam_core.model import validators
from fodlam_core.model.bibliography import SAKURAI_NEWTON
from fodlam_core.model.technology import IDENTITY, ScalingFactors, Technology
from fodlam_core.model.value import Value
from fodlam_core.scaling.inputs import require

FILE = os.path.join(os.path.dirname(__file__), "data", "alpha-power.toml")
NEEDS = ("vdd",)
# Near the threshold the drain current is exponential in the voltage, and the law does not hold.
LEAST_OVER_THRESHOLD = 1.1


class Process(NamedTuple):
    """What the law needs to know of a process.

    Attributes:
        alpha: the exponent.
        vt: the threshold voltage in volts.
        vdd_min: least supply voltage at which it holds, in volts.
        vdd_max: greatest one; infinite where nobody says.
        note: where the numbers come from, and how well they hold.
    """

    alpha: float
    vt: float
    vdd_min: float
    vdd_max: float
    note: str

    def delay(self, vdd: float) -> float:
        """Return the delay of a gate, up to a factor, at a supply voltage in volts.

        Raises:
            ScalingError: outside the range in which the law holds.
        """
        if not self.vdd_min <= vdd <= self.vdd_max:
            upper = " and up" if self.vdd_max == float("inf") else f" to {self.vdd_max:g} V"
            raise ScalingError(
                f"{vdd:g} V is outside the range of the law, {self.vdd_min:g} V{upper}"
            )
        overdrive: float = (vdd - self.vt) ** self.alpha
        return vdd / overdrive


@attrs.frozen(eq=False, repr=False)
class Threshold(Value):
    """A process that the data do not have.

    Attributes:
        alpha: the exponent, 1 (velocity-saturated) to 2 (square law); None: that of the data.
        vt: the threshold voltage in volts; None: that of the data.

    Raises:
        ValueError: if one is given without the other.
    """

    alpha: float | None = attrs.field(default=None, validator=validators.maybe_positive)
    vt: float | None = attrs.field(default=None, validator=validators.maybe_positive)

    @property
    def label(self) -> str:
        """What messages call it."""
        return "alpha-power"

    def __attrs_post_init__(self) -> None:
        if (self.alpha is None) != (self.vt is None):
            raise ValueError("alpha and vt go together: give both or none")


@functools.cache
def processes() -> dict[tuple[float, str], Process]:
    """Return the processes of the data file by node and flavour."""
    with open(FILE, "rb") as file:
        rows: list[dict[str, Any]] = tomli.load(file)["processes"]
    return {(row["node_nm"], row["flavor"]): _process(row) for row in rows}


def _process(row: dict[str, Any]) -> Process:
    note = (
        f"alpha {row['alpha']:g} and Vt {row['vt']:g} V are fitted to {row['of']}, to which they "
        f"hold within {100 * row['time_error']:.0f} % in time and "
        f"{100 * row['energy_error']:.0f} % in energy"
    )
    return Process(
        alpha=row["alpha"], vt=row["vt"], vdd_min=row["vdd_min"], vdd_max=row["vdd_max"], note=note
    )


class AlphaPower:
    """Voltage scaling of one process: delay V / (V - Vt)^alpha, energy V^2, area as it is.

    >>> lp = Technology(65, vdd=1.0, flavor="lp")
    >>> factors = AlphaPower().factors(lp, Technology(65, vdd=0.82, flavor="lp"))
    >>> round(factors.time, 3), round(factors.energy, 4)
    (1.955, 0.6724)
    """

    name = "alpha-power"
    title = "one process at two voltages: time ~ V / (V - Vt)^alpha, energy ~ V^2"
    uses = ("node_nm", "vdd", "flavor")
    domain = (
        "65 nm lp, 0.8 to 1.2 V; any one process with alpha and vt under [technology.options], "
        "from 1.1 vt up; never from one node to another"
    )
    source = (
        'T. Sakurai and A. R. Newton, "Alpha-Power Law MOSFET Model and its Applications to CMOS '
        'Inverter Delay and Other Formulas", IEEE JSSC 25(2), 1990'
    )
    citation = SAKURAI_NEWTON
    options = Threshold

    def __init__(self, options: Threshold | None = None) -> None:
        """Take the options; by default the processes of the data."""
        self._threshold = options or Threshold()

    def configure(self, options: Threshold) -> AlphaPower:
        """Return the rule for the process that is given."""
        return AlphaPower(options)

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return the factors.

        Raises:
            MissingInputsError: if a point states no supply voltage.
            ScalingError: between two processes, and outside the range of voltages.
        """
        if source == target:
            return IDENTITY
        if (source.node_nm, source.flavor) != (target.node_nm, target.flavor):
            raise ScalingError(
                f"it carries one process from one voltage to another, and {source} and {target} "
                "are two"
            )
        require(source, target, NEEDS, NEEDS)
        assert source.vdd is not None
        assert target.vdd is not None
        process = self._process(source)
        time = process.delay(target.vdd) / process.delay(source.vdd)
        ratio = target.vdd / source.vdd
        return ScalingFactors(time=time, energy=ratio * ratio, area=1.0, notes=(process.note,))

    def _process(self, point: Technology) -> Process:
        alpha, vt = self._threshold.alpha, self._threshold.vt
        if alpha is not None and vt is not None:
            note = f"alpha {alpha:g} and Vt {vt:g} V are those that the configuration gives"
            return Process(
                alpha=alpha,
                vt=vt,
                vdd_min=LEAST_OVER_THRESHOLD * vt,
                vdd_max=float("inf"),
                note=note,
            )
        known = processes()
        key = point.node_nm, point.flavor or ""
        if key not in known:
            names = ", ".join(f"{node:g} nm {flavor}" for node, flavor in known)
            raise ScalingError(
                f"no alpha and vt are known of {point.node_nm:g} nm {point.flavor or ''}".rstrip()
                + f" (known: {names}); give both under [technology.options]"
            )
        return known[key]
