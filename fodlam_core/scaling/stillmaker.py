"""Delay and energy polynomials in the supply voltage, by node and flavour."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, NamedTuple

import tomli

from fodlam_core.errors import ScalingError
from fodlam_core.model.bibliography import STILLMAKER_BAAS
from fodlam_core.model.technology import IDENTITY, ScalingFactors, Technology
from fodlam_core.scaling.inputs import require
from fodlam_core.scaling.tables import (
    Entry,
    TableOptions,
    Weighted,
    blend,
    factors_between,
    neighbours,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FILE = os.path.join(os.path.dirname(__file__), "data", "stillmaker-baas-2017.toml")
BULK_FROM_NM = 65
# A sweep asks for one source and many targets, from each accelerator in turn.
REMEMBERED = 1024


class Row(NamedTuple):
    """One row of the data file: coefficients with the highest power first, and their domain."""

    node_nm: float
    flavor: str
    delay: Sequence[float]
    energy: Sequence[float]
    vdd_min: float
    delay_turns_at: float | None
    area: float

    def at(self, vdd: float) -> Entry:
        """Return delay, energy and area at a supply voltage.

        Raises:
            ScalingError: where the fit has no meaning.
        """
        where = f"{self.node_nm:g} nm {self.flavor} at {vdd:g} V"
        if vdd < self.vdd_min:
            raise ScalingError(f"{where}: the fit of energy holds from {self.vdd_min:g} V up only")
        delay, energy = _polynomial(self.delay, vdd), _polynomial(self.energy, vdd)
        if delay <= 0:
            raise ScalingError(f"{where}: the fitted delay is not positive; give a lower vdd")
        return Entry((delay, energy, self.area), tuple(self._artefacts(where, vdd)))

    @property
    def delay_bends_at(self) -> float | None:
        """The inflection of the fitted delay, above which it falls ever faster; None without one.

        A delay flattens as the voltage rises. Where d3 < 0 the cubic does so up to
        -d2 / (3 d3) only; from there it bends towards zero, and finally crosses it.
        """
        d3, d2, *_ = self.delay
        return -d2 / (3 * d3) if d3 < 0 else None

    def _artefacts(self, where: str, vdd: float) -> Iterator[str]:
        if self.delay_bends_at is not None and vdd > self.delay_bends_at:
            yield (
                f"{where}: above {self.delay_bends_at:.3f} V the fitted delay bends towards zero, "
                "an artefact of the fit"
            )
        elif self.delay_turns_at is not None and vdd > self.delay_turns_at:
            yield (
                f"{where}: above {self.delay_turns_at:g} V the fitted delay rises with the "
                "voltage, an artefact of the fit"
            )


class Table(NamedTuple):
    """The data file: rows by node and flavour."""

    rows: Mapping[tuple[float, str], Row]
    nodes: frozenset[float]


@functools.cache
def read_table() -> Table:
    """Return the rows of the data file."""
    with open(FILE, "rb") as file:
        data = tomli.load(file)
    areas = {row["node_nm"]: row["area"] for row in data["areas"]}
    rows = [
        Row(
            node_nm=row["node_nm"],
            flavor=row["flavor"],
            delay=row["delay"],
            energy=row["energy"],
            vdd_min=row["vdd_min"],
            delay_turns_at=row.get("delay_turns_at"),
            area=areas[row["node_nm"]],
        )
        for row in data["rows"]
    ]
    return Table({(row.node_nm, row.flavor): row for row in rows}, frozenset(areas))


class StillmakerBaas:
    """Scaling by fitted polynomials: time and energy are ratios of delay(V) and energy(V).

    >>> source = Technology(65, vdd=1.3, flavor="bulk")
    >>> factors = StillmakerBaas().factors(source, Technology(32, vdd=0.9, flavor="hp"))
    >>> round(factors.energy, 4)
    0.1756
    """

    name = "stillmaker-baas-2017"
    aliases = ("stillmaker",)
    title = "delay and energy polynomials in vdd, fitted to a simulated inverter"
    uses = ("node_nm", "vdd", "flavor")
    domain = (
        "180, 130, 90 and 65 nm (bulk); 45, 32, 20, 16, 14, 10 and 7 nm with flavor hp or lp; "
        "vdd at both points, where the fit of energy is positive and rises"
    )
    source = (
        'A. Stillmaker and B. Baas, "Scaling equations for the accurate prediction of CMOS device '
        'performance from 180 nm to 7 nm", Integration 58, 2017, and its corrigendum'
    )
    citation = STILLMAKER_BAAS
    options = TableOptions

    def __init__(self, options: TableOptions | None = None) -> None:
        """Take the options; by default those of the class."""
        self._interpolate = (options or TableOptions()).interpolate

    def configure(self, options: TableOptions) -> StillmakerBaas:
        """Return the rule with options."""
        return StillmakerBaas(options)

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return the factors.

        Raises:
            MissingInputsError: if a point states no vdd, or below 65 nm no flavour.
            ScalingError: if the table has no such row, or the fit no meaning at that voltage.
        """
        if source == target:
            return IDENTITY
        _near(source.node_nm, interpolate=self._interpolate)
        _near(target.node_nm, interpolate=self._interpolate)
        require(source, target, _needs(source), _needs(target))
        before, after = (_entry(p, interpolate=self._interpolate) for p in (source, target))
        return factors_between(before, after)


def _needs(point: Technology) -> tuple[str, ...]:
    return ("vdd",) if point.node_nm >= BULK_FROM_NM else ("vdd", "flavor")


@functools.lru_cache(REMEMBERED)
def _near(node_nm: float, *, interpolate: bool) -> Weighted:
    return neighbours(node_nm, read_table().nodes, interpolate=interpolate)


@functools.lru_cache(REMEMBERED)
def _entry(point: Technology, *, interpolate: bool) -> Entry:
    assert point.vdd is not None
    table, weights = read_table(), _near(point.node_nm, interpolate=interpolate)
    entries = [_row(table, node, point.flavor).at(point.vdd) for node, _ in weights]
    entry = blend(point.node_nm, entries, weights)
    if point.node_nm >= BULK_FROM_NM and point.flavor in ("hp", "lp"):
        note = f"{point.node_nm:g} nm has one row only, bulk; it stands for {point.flavor}"
        return entry._replace(notes=(*entry.notes, note))
    return entry


def _row(table: Table, node_nm: float, flavor: str | None) -> Row:
    if node_nm >= BULK_FROM_NM:
        return table.rows[node_nm, "bulk"]
    if flavor not in ("hp", "lp"):
        raise ScalingError(f"{node_nm:g} nm has rows for hp and lp, not for {flavor}")
    return table.rows[node_nm, flavor]


def _polynomial(coefficients: Sequence[float], x: float) -> float:
    value = 0.0
    for coefficient in coefficients:
        value = value * x + coefficient
    return value
