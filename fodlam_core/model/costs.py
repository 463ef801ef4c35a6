"""Costs, the published measurements they rest on, and the sources of those."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import attrs

from fodlam_core.errors import PluginError
from fodlam_core.model.layers import Layer

PROVENANCES = ("measured", "post-layout", "vendor-model", "projected")


@attrs.frozen
class Cost:
    """What something costs on an accelerator.

    Attributes:
        latency_s: seconds.
        energy_j: joules.
        offchip_latency_s: the part of the latency that is spent waiting for off-chip memory.
    """

    latency_s: float
    energy_j: float
    offchip_latency_s: float = 0.0

    @property
    def power_w(self) -> float | None:
        """Average power in watts; None where the latency is 0."""
        return self.energy_j / self.latency_s if self.latency_s else None

    def __mul__(self, count: float) -> Cost:
        return Cost(self.latency_s * count, self.energy_j * count, self.offchip_latency_s * count)


class Interval(NamedTuple):
    """Where a cost may lie.

    Attributes:
        latency_s: least and greatest latency in seconds.
        energy_j: least and greatest energy in joules.
    """

    latency_s: tuple[float, float]
    energy_j: tuple[float, float]

    def scaled(self, time: float, energy: float) -> Interval:
        """Return the interval of a cost that is so many times as great."""
        return Interval(
            (self.latency_s[0] * time, self.latency_s[1] * time),
            (self.energy_j[0] * energy, self.energy_j[1] * energy),
        )


@attrs.frozen
class Citation:
    """A publication that numbers rest on.

    Attributes:
        key: its BibTeX key.
        text: the reference as one prints it.
        bibtex: the complete BibTeX entry.
        where: table, figure or page of the numbers.
    """

    key: str
    text: str
    bibtex: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.text}, {self.where}" if self.where else self.text


def _positive(instance: Measurement, attribute: attrs.Attribute[Any], value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise PluginError(
            f"{instance.network} {instance.layer.name}: {attribute.name} {value!r} "
            "is not positive and finite"
        )


def _whole(instance: Measurement, attribute: attrs.Attribute[Any], value: object) -> None:
    if type(value) is not int or value < 1:
        raise PluginError(
            f"{instance.network} {instance.layer.name}: {attribute.name} {value!r} "
            "is not a positive whole number"
        )


def _is_amount(value: object) -> bool:
    if type(value) is float:
        return 0 <= value < math.inf
    return isinstance(value, int | float) and type(value) is not bool and 0 <= value < math.inf


@attrs.frozen
class Measurement:
    """One row of a published table.

    Attributes:
        network: the network the layer belongs to.
        layer: the layer that ran, for one inference.
        batch: the number of inferences that latency and energy are for.
        latency_s: seconds for the whole batch, waiting for off-chip memory included.
        power_w: average power in watts over that latency.
        offchip_latency_s: the part of the latency that is spent waiting for off-chip memory.
        calibration: whether predictors may be fitted to the row; otherwise it only answers
            look-ups.
        details: further published columns, in SI units, such as ``{"dram_bytes": 5e6}``.
        energy_j: joules for the whole batch: power times total latency, and this stays so when
            a copy of the row is made with another latency.
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
    batch: int = attrs.field(validator=_whole)
    latency_s: float = attrs.field(validator=_positive)
    power_w: float = attrs.field(validator=_positive)
    offchip_latency_s: float = 0.0
    calibration: bool = True
    details: Mapping[str, float] = attrs.field(factory=dict)
    energy_j: float = attrs.field(
        default=attrs.Factory(lambda self: self.power_w * self.latency_s, takes_self=True),
        validator=_positive,
    )
    latency_rounding_s: float | None = None
    energy_rounding_j: float | None = None
    columns: Mapping[str, str] = attrs.field(factory=dict, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.offchip_latency_s < self.latency_s:
            raise PluginError(
                f"{self.network} {self.layer.name}: an off-chip latency of "
                f"{self.offchip_latency_s!r} s does not fit a total of {self.latency_s!r} s"
            )

    def problem(self) -> str | None:
        """Return what is wrong with it, and what to do; None if nothing is.

        >>> Measurement("Net", Layer("F", "fc", 10), 1, 1.0, 1.0, details={"a": -1}).problem()
        'Net F: a is -1; give a finite number, not negative'
        """
        row: Any = self  # of a plugin: its fields may be of any type
        if not isinstance(row.layer, Layer):
            return f"layer is {row.layer!r}; give a Layer"
        where = f"{row.network} {row.layer.name}"
        if not isinstance(row.network, str):
            return f"{where}: network is {row.network!r}; make it a string"
        if not isinstance(row.calibration, bool):
            return f"{where}: calibration is {row.calibration!r}; make it True or False"
        if not isinstance(row.details, Mapping):
            return f"{where}: details are {row.details!r}; give a dict of numbers"
        for name, value in row.details.items():
            if not _is_amount(value):
                return f"{where}: {name} is {value!r}; give a finite number, not negative"
        for name in ("latency_rounding_s", "energy_rounding_j"):
            value = getattr(row, name)
            if value is not None and not _is_amount(value):
                return f"{where}: {name} is {value!r}; give a finite number, not negative"
        return None

    @property
    def cost(self) -> Cost:
        """The cost of one inference."""
        if self.batch == 1:
            return Cost(self.latency_s, self.energy_j, self.offchip_latency_s)
        return Cost(
            self.latency_s / self.batch,
            self.energy_j / self.batch,
            self.offchip_latency_s / self.batch,
        )

    @property
    def interval(self) -> Interval | None:
        """What the cost of one inference may be, given how it was printed; None if not known."""
        latency, energy = self.latency_rounding_s, self.energy_rounding_j
        if latency is None or energy is None:
            return None
        return Interval(
            ((self.latency_s - latency) / self.batch, (self.latency_s + latency) / self.batch),
            ((self.energy_j - energy) / self.batch, (self.energy_j + energy) / self.batch),
        )

    def as_printed(self) -> Measurement:
        """Return the row with its printed cost taken for one inference, as FODLAM does."""
        return self if self.batch == 1 else attrs.evolve(self, batch=1)
