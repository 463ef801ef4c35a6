"""Costs, the published measurements they rest on, and the sources of those."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.errors import PluginError
from fodlam_core.model import validators
from fodlam_core.model.layers import Layer
from fodlam_core.model.quantities import METRICS, Amounts, Bounds, Interval, interval_of
from fodlam_core.model.validators import MOST, is_amount, is_positive, wrong
from fodlam_core.model.value import Value

if TYPE_CHECKING:
    from fodlam_core.model.technology import Factors

PROVENANCES = (
    "measured",
    "vendor-measured",
    "best-tuned",
    "post-layout",
    "vendor-model",
    "projected",
    "fpga",
    "datasheet",
)
DATASHEET = PROVENANCES[-1]  # nothing was measured, on this chip or a model of it
# What an energy covers, from the least to the most.
COVERS = ("core", "chip", "board", "system", "wall")
# What a latency is: of one inference from start to end, or one over a throughput.
LATENCIES = ("inference", "reciprocal throughput")
# What a row of a table has in a column of its own besides latency, power and energy.
FURTHER = METRICS[2:]
QUARTILES = ("lower", "upper")

_values = attrgetter(*(metric.key for metric in METRICS))


@attrs.frozen(eq=False, repr=False)
class Cost(Value):
    """What something costs on an accelerator; latency or energy may be unknown, not both.

    Attributes:
        latency_s: seconds; None if not known.
        energy_j: joules; None if not known.
        offchip_latency_s: the part of the latency that is spent waiting for off-chip memory.

    Raises:
        PluginError: if a number is negative or not finite, or nothing is known.

    >>> Cost(0.5, None) * 2
    Cost(latency_s=1.0, energy_j=None, offchip_latency_s=0.0)
    """

    latency_s: float | None
    energy_j: float | None
    offchip_latency_s: float = 0.0

    @classmethod
    def of(cls, amounts: Amounts, offchip_latency_s: float = 0.0) -> Cost:
        """Return the cost of so much of each metric."""
        return cls(*amounts[:2], offchip_latency_s, *amounts[2:])

    def __attrs_post_init__(self) -> None:
        latency, energy, offchip = self.latency_s, self.energy_j, self.offchip_latency_s
        # At once for what is right: costs are made by the thousand.
        if not (
            (energy is None or (type(energy) is float and 0 <= energy <= MOST))
            and (
                (type(latency) is float and 0 <= latency <= MOST)
                or (latency is None and energy is not None)
            )
            and type(offchip) is float
            and 0 <= offchip <= (latency or 0.0) * (1 + 1e-9)
            and not FURTHER
        ):
            _check_cost("Cost", self.amounts, offchip)

    @property
    def power_w(self) -> float | None:
        """Average power in watts; None where latency or energy is not known, or latency is 0."""
        return self.amounts.power_w

    @property
    def amounts(self) -> Amounts:
        """Every metric of it."""
        return Amounts(*_values(self))

    def carried(self, factors: Factors) -> Amounts:
        """Return what it is at another technology point; what no factor applies to stays."""
        return Amounts(
            *[
                None if value is None else metric.carried(value, self, factors)
                for metric, value in zip(METRICS, self.amounts, strict=True)
            ]
        )

    def __mul__(self, count: float) -> Cost:
        if count == 1:
            return self
        return Cost.of(self.amounts.times(count), self.offchip_latency_s * count)

    def __add__(self, other: Cost) -> Cost:
        """Return the sum; what one of the two does not know stays unknown."""
        return Cost.of(
            self.amounts.plus(other.amounts), self.offchip_latency_s + other.offchip_latency_s
        )


def _check_cost(owner: str, amounts: Amounts, offchip: Any) -> None:
    latency, energy = amounts.latency_s, amounts.energy_j
    for name, value in amounts._asdict().items():
        if value is not None and not is_amount(value):
            raise wrong(owner, name, value, "a finite number, not negative, or None")
    if latency is None and energy is None:
        raise PluginError(f"{owner}: neither latency nor energy is known; give one of them")
    if not is_amount(offchip):
        raise wrong(owner, "offchip_latency_s", offchip, "a finite number, not negative")
    if offchip > (latency or 0.0) * (1 + 1e-9):
        raise PluginError(
            f"{owner}: offchip_latency_s is {offchip!r}, but the latency it is part of is "
            f"{latency!r}"
        )


@attrs.frozen(eq=False, repr=False)
class Citation(Value):
    """A publication that numbers rest on.

    Attributes:
        key: its BibTeX key.
        text: the reference as one prints it.
        bibtex: the complete BibTeX entry.
        where: table, figure or page of the numbers.

    Raises:
        PluginError: if one of them is not a string.
    """

    key: str = attrs.field(validator=validators.filled)
    text: str = attrs.field(validator=validators.filled)
    bibtex: str = attrs.field(validator=validators.text)
    where: str = attrs.field(default="", validator=validators.text)

    def __str__(self) -> str:
        return f"{self.text}, {self.where}" if self.where else self.text


@attrs.frozen(init=False, eq=False, repr=False)
class Measurement(Value):
    """One row of a published table: its latency or its energy, or both.

    ``Measurement(network, layer, batch, cost=Cost(latency_s, energy_j))`` is the short form, the
    cost being that of the whole batch; ``latency_s`` and ``power_w`` are what most papers print.

    Attributes:
        network: the network the layer belongs to.
        layer: the layer that ran, for one inference.
        batch: the number of inferences that latency and energy are for.
        latency_s: seconds for the whole batch, waiting for off-chip memory included; None if not
            published.
        power_w: average power in watts over that latency; None if not published.
        offchip_latency_s: the part of the latency that is spent waiting for off-chip memory.
        calibration: whether predictors may be fitted to the row; otherwise it only answers
            look-ups.
        details: further published columns, in SI units, such as ``{"dram_bytes": 5e6}``.
        energy_j: joules for the whole batch: by default power times total latency, and this stays
            so when a copy of the row is made with another latency; None if not published.
        latency_rounding_s: half a unit of the last printed digit of the latency; None if it is
            not known how the latency was printed.
        energy_rounding_j: what the rounding of power and latency can amount to in the energy.
        columns: the column that each quantity was read from, such as
            ``{"latency_s": "latency_ms"}``; that of ``energy_j`` is the latency it is power
            times. A copy of the row with a number of another column names that column.

    Raises:
        PluginError: if a number is not positive and finite, or the batch not a whole number.
    """

    network: str
    layer: Layer
    batch: int
    latency_s: float | None = None
    power_w: float | None = None
    offchip_latency_s: float = 0.0
    calibration: bool = True
    details: Mapping[str, float] = {}
    energy_j: float | None = None
    latency_rounding_s: float | None = None
    energy_rounding_j: float | None = None
    columns: Mapping[str, str] = attrs.field(factory=dict, eq=False, repr=False)

    def __init__(  # the columns of a published table
        self,
        network: str,
        layer: Layer,
        batch: int,
        latency_s: float | None = None,
        power_w: float | None = None,
        offchip_latency_s: float = 0.0,
        calibration: bool = True,  # noqa: FBT001, FBT002 - level 1 of the hooks gave it by position
        details: Mapping[str, float] | None = None,
        energy_j: float | None = None,
        latency_rounding_s: float | None = None,
        energy_rounding_j: float | None = None,
        columns: Mapping[str, str] | None = None,
        *,
        cost: Cost | None = None,
    ) -> None:
        """Take the columns of a row; ``cost`` instead of latency, energy and off-chip latency."""
        if cost is not None:
            if not isinstance(cost, Cost):
                raise wrong("Measurement", "cost", cost, "a Cost")
            if (latency_s, energy_j) != (None, None):
                raise PluginError("Measurement: give cost, or latency_s and energy_j, not both")
            latency_s, energy_j = cost.latency_s, cost.energy_j
            offchip_latency_s = cost.offchip_latency_s
        if energy_j is None and is_positive(power_w) and is_positive(latency_s):
            energy_j = power_w * latency_s
        elif power_w is None and is_positive(energy_j) and is_positive(latency_s):
            power_w = energy_j / latency_s
        self.__attrs_init__(
            network,
            layer,
            batch,
            latency_s,
            power_w,
            offchip_latency_s,
            calibration,
            {} if details is None else details,
            energy_j,
            latency_rounding_s,
            energy_rounding_j,
            {} if columns is None else columns,
        )

    def __attrs_post_init__(self) -> None:
        latency, energy, offchip = self.latency_s, self.energy_j, self.offchip_latency_s
        # At once for what is right: rows are made by the thousand.
        if not (
            type(self.network) is str
            and type(self.layer) is Layer
            and type(self.calibration) is bool
            and type(self.batch) is int
            and self.batch >= 1
            and ((energy is not None) if latency is None else is_positive(latency))
            and (energy is None or is_positive(energy))
            and (self.power_w is None or is_positive(self.power_w))
            and (self.latency_rounding_s is None or is_amount(self.latency_rounding_s))
            and (self.energy_rounding_j is None or is_amount(self.energy_rounding_j))
            and type(offchip) is float
            and (offchip == 0.0 or 0.0 < offchip < (latency or 0.0))
            and type(self.details) is dict
            and not self.details
        ):
            _check_measurement(self)

    @property
    def label(self) -> str:
        """The names of network and layer, as messages have them."""
        return f"{self.network} {self.layer.name}"

    @property
    def key(self) -> tuple[str, str, int]:
        """What tells a row of a table: network, layer and batch."""
        return self.network, self.layer.key, self.batch

    @property
    def amounts(self) -> Amounts:
        """Every metric of the whole batch."""
        return Amounts(
            self.latency_s, self.energy_j, *[self.details.get(metric.key) for metric in FURTHER]
        )

    @property
    def batch_cost(self) -> Cost:
        """The cost of the whole batch."""
        return Cost.of(self.amounts, self.offchip_latency_s)

    @property
    def cost(self) -> Cost:
        """The cost of one inference."""
        if self.batch == 1:
            return self.batch_cost
        one = [None if each is None else each / self.batch for each in self.amounts]
        return Cost.of(Amounts(*one), self.offchip_latency_s / self.batch)

    @property
    def quartiles_s(self) -> Bounds | None:
        """The quartiles of the latency of repeated runs, for the whole batch; None if not known."""
        lower, upper = (self.details.get(f"latency_{each}_quartile_s") for each in QUARTILES)
        return None if lower is None or upper is None else (lower, upper)

    @property
    def interval(self) -> Interval | None:
        """What the cost of one inference may be; None if not known.

        Given how it was printed, and the quartiles of repeated runs where they are known.
        """
        roundings = (self.latency_rounding_s, self.energy_rounding_j, *([None] * len(FURTHER)))
        bounds = [
            None
            if value is None or rounding is None
            else ((value - rounding) / self.batch, (value + rounding) / self.batch)
            for value, rounding in zip(self.amounts, roundings, strict=True)
        ]
        if bounds[0] and self.quartiles_s:
            lower, upper = (each / self.batch for each in self.quartiles_s)
            bounds[0] = min(bounds[0][0], lower), max(bounds[0][1], upper)
        return interval_of(bounds)

    def as_printed(self) -> Measurement:
        """Return the row with its printed cost taken for one inference, as FODLAM does."""
        return self if self.batch == 1 else attrs.evolve(self, batch=1)


def _check_measurement(row: Measurement) -> None:
    _check_names(row)
    label = row.label
    if not validators.is_count(row.batch):
        raise wrong(label, "batch", row.batch, "a whole number of at least 1")
    for name in ("latency_s", "power_w", "energy_j"):
        value = getattr(row, name)
        if value is not None and not is_positive(value):
            raise wrong(label, name, value, "a positive, finite number, or None")
    for name in ("latency_rounding_s", "energy_rounding_j"):
        value = getattr(row, name)
        if value is not None and not is_amount(value):
            raise wrong(label, name, value, "a finite number, not negative")
    if row.latency_s is None and row.energy_j is None:
        raise PluginError(f"{label}: neither latency nor energy is known; give one of them")
    offchip = row.offchip_latency_s
    if not is_amount(offchip) or (offchip and offchip >= (row.latency_s or 0.0)):
        raise PluginError(
            f"{label}: an off-chip latency of {offchip!r} s does not fit a total of "
            f"{row.latency_s!r} s"
        )


def _check_names(row: Measurement) -> None:
    if not isinstance(row.layer, Layer):
        raise wrong("Measurement", "layer", row.layer, "a Layer")
    if not isinstance(row.network, str):
        raise wrong("Measurement", "network", row.network, "a string")
    if not isinstance(row.calibration, bool):
        raise wrong(row.label, "calibration", row.calibration, "True or False")
    if not isinstance(row.details, Mapping):
        raise wrong(row.label, "details", row.details, "a dict of numbers")
    for name, value in row.details.items():
        if not is_amount(value):
            raise wrong(row.label, name, value, "a finite number, not negative")
