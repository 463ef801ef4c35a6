"""The polynomials of Stillmaker and Baas: what the table has, and where the fit has a meaning."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from fodlam_core import ScalingError, Technology
from fodlam_core.errors import MissingInputsError
from fodlam_core.scaling.stillmaker import StillmakerBaas, read_table
from fodlam_core.scaling.tables import TableOptions

PRINTED = Path(__file__).parents[2] / "data" / "stillmaker_area_printed.csv"
RULE = StillmakerBaas()
INTERPOLATING = RULE.configure(TableOptions(interpolate=True))
AT_65 = Technology(65, 1.0)
EIE = Technology(45, 1.0, "hp")


def at(node: float, vdd: float = 1.0, flavor: str = "hp") -> Technology:
    """Return a point with the flavour that its node needs."""
    return Technology(node, vdd, None if node >= 65 else flavor)


def test_the_corrigendum_holds_and_the_misprint_does_not() -> None:
    """Energy from 65 nm at 1.3 V to 32 nm hp at 0.9 V is x0.1755, from E = 2.604 and 0.4571."""
    rows = read_table().rows
    assert rows[65, "bulk"].at(1.3).values[1] == pytest.approx(2.604, abs=5e-4)
    assert rows[32, "hp"].at(0.9).values[1] == pytest.approx(0.4571, abs=5e-5)
    factors = RULE.factors(Technology(65, 1.3, "bulk"), Technology(32, 0.9, "hp"))
    assert factors.energy == pytest.approx(0.1755, rel=1e-3)


def test_areas_give_back_every_printed_entry() -> None:
    """Each of the 121 printed area factors is met within the 5 % that its rounding allows."""
    with PRINTED.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert len(rows) == 11
    for row in rows:
        source = float(row.pop("from_nm"))
        assert len(row) == 11
        for target, printed in row.items():
            factors = RULE.factors(at(source), at(float(target)))
            assert factors.area == pytest.approx(float(printed), rel=0.05)


@pytest.mark.parametrize("flavor", [None, "bulk", "hp", "lp"])
def test_from_65_nm_up_there_is_only_bulk(flavor: str | None) -> None:
    """At 65 nm and above the bulk row is taken whatever flavour is given, or none."""
    factors = RULE.factors(EIE, Technology(65, 1.0, flavor))
    assert factors.time == RULE.factors(EIE, AT_65).time
    assert any("stands for" in note for note in factors.notes) == (flavor in ("hp", "lp"))


@pytest.mark.parametrize("node", [45, 32, 20, 16, 14, 10, 7])
def test_below_65_nm_the_flavour_is_mandatory(node: float) -> None:
    """Without a flavour the rule refuses, on either side; hp and lp differ; bulk does not exist."""
    bare = Technology(node, 1.0)
    for pair, side in (((AT_65, bare), "target"), ((bare, AT_65), "source")):
        with pytest.raises(MissingInputsError) as caught:
            RULE.factors(*pair)
        assert caught.value.missing == ((side, "flavor"),)
    assert RULE.factors(AT_65, at(node)).time != RULE.factors(AT_65, at(node, flavor="lp")).time
    with pytest.raises(ScalingError, match="rows for hp and lp, not for bulk"):
        RULE.factors(AT_65, Technology(node, 1.0, "bulk"))


def test_everything_that_is_missing_is_said_at_once() -> None:
    """Missing voltages and flavours of both points are one error."""
    with pytest.raises(MissingInputsError) as caught:
        RULE.factors(Technology(45), Technology(65))
    assert caught.value.missing == (("source", "vdd"), ("source", "flavor"), ("target", "vdd"))
    assert str(caught.value) == (
        "vdd and flavor not stated; state vdd and flavor of the source and vdd of the target"
    )


@pytest.mark.parametrize("row", read_table().rows.values(), ids=lambda row: str(row[:2]))
def test_below_the_range_of_the_energy_fit_is_refused(row) -> None:
    """A vdd below that from which fitted energy is positive and rises is refused; at it, taken."""
    other = at(90, 1.0)
    edge = Technology(row.node_nm, row.vdd_min, row.flavor)
    assert RULE.factors(other, edge).energy > 0
    with pytest.raises(ScalingError, match="holds from"):
        RULE.factors(other, Technology(row.node_nm, row.vdd_min - 0.001, row.flavor))


@pytest.mark.parametrize("row", read_table().rows.values(), ids=lambda row: str(row[:2]))
def test_the_edges_follow_from_the_coefficients(row) -> None:
    """The edges in the data file are those of the polynomials, to 1 and 2 millivolts."""
    e2, e1, e0 = row.energy
    if row.vdd_min > 0.2:
        turn = -e1 / (2 * e2) if e2 else -e0 / e1
        assert row.vdd_min == pytest.approx(turn, abs=1e-3)
    if row.delay_turns_at is not None:
        d3, d2, d1, _ = row.delay
        before, after = (
            3 * d3 * vdd**2 + 2 * d2 * vdd + d1
            for vdd in (row.delay_turns_at - 0.002, row.delay_turns_at + 0.002)
        )
        assert before < 0 < after


@pytest.mark.parametrize(
    ("point", "turned"),
    [
        (at(45, 0.948), False),
        (at(45, 0.949), True),
        (at(32, 0.844), False),
        (at(32, 0.845), True),
        (at(20, 0.957), False),
        (at(16, 0.958), True),
        (at(180, 1.9), True),
        (at(32, 1.31, "lp"), True),
        (at(7, 0.85), False),
        (at(65, 1.3), False),
    ],
)
def test_a_turned_delay_is_said_and_not_refused(point: Technology, turned: bool) -> None:
    """Where the fitted delay rises with the voltage, a note says so; the factors are given."""
    notes = RULE.factors(at(90), point).notes
    assert any("artefact" in note for note in notes) == turned


@pytest.mark.parametrize(
    ("point", "bends"),
    [
        (at(7, 0.89), False),
        (at(7, 0.9), True),
        (at(7, 1.3), True),
        (at(14, 1.3), True),
        (at(65, 1.44), False),
        (at(65, 2.0), True),
        (at(7, 1.05, "lp"), False),
        (at(7, 1.06, "lp"), True),
        (at(45, 1.04), False),
        (at(45, 1.1), True),
        (at(180, 2.5), False),
    ],
)
def test_a_delay_that_bends_towards_zero_is_said(point: Technology, bends: bool) -> None:
    """Above the inflection of a falling cubic a note travels in the factors, either way."""
    for factors in (RULE.factors(at(90), point), RULE.factors(point, at(90))):
        assert any("bends towards zero" in note for note in factors.notes) == bends


@pytest.mark.parametrize("row", read_table().rows.values(), ids=lambda row: str(row[:2]))
def test_the_bend_is_where_the_curvature_changes_sign(row) -> None:
    """Below the inflection the fitted delay flattens with the voltage, above it it steepens."""
    d3, d2, _, _ = row.delay
    if row.delay_bends_at is None:
        assert d3 == 0 < d2
    else:
        below, above = (6 * d3 * row.delay_bends_at * part + 2 * d2 for part in (0.99, 1.01))
        assert above < 0 < below


# Nominal supplies: of the Predictive Technology Model's cards, and 1.8 to 1.2 V above 45 nm.
NOMINAL = {
    "hp": {180: 1.8, 130: 1.3, 90: 1.2, 65: 1.1, 45: 1.0, 32: 0.9, 20: 0.9, 16: 0.85, 14: 0.8}
    | {10: 0.75, 7: 0.7},
    "lp": {45: 1.1, 32: 1.0, 20: 0.9, 16: 0.85, 14: 0.8, 10: 0.75, 7: 0.7},
}


def test_no_nominal_voltage_bends() -> None:
    """At the nominal voltage of its node no row is said to bend towards zero."""
    for flavor, points in NOMINAL.items():
        for node, vdd in points.items():
            notes = RULE.factors(at(90, 1.0), at(node, vdd, flavor)).notes
            assert not any("bends" in note for note in notes)


@pytest.mark.parametrize("point", [at(45, 1.5), at(7, 1.301), at(10, 1.31), at(65, 2.1)])
def test_a_delay_that_is_not_positive_is_refused(point: Technology) -> None:
    """Far above its range a fitted delay falls below zero: no factor comes of it."""
    with pytest.raises(ScalingError, match="delay is not positive"):
        RULE.factors(at(90), point)


@pytest.mark.parametrize("node", [40, 28, 22, 12, 8, 5, 3, 150, 250, 64])
def test_unknown_nodes_are_refused(node: float) -> None:
    """A node without a row is refused, and the table is named."""
    with pytest.raises(ScalingError, match="not in the table, which has 180, 130, 90, 65, 45"):
        RULE.factors(AT_65, at(node))


def test_interpolation_is_geometric_and_said() -> None:
    """Half-way between two nodes on a log scale the values are geometric means, with a note."""
    middle = at((45 * 32) ** 0.5)
    factors = INTERPOLATING.factors(AT_65, middle)
    ends = [RULE.factors(AT_65, at(node)) for node in (45, 32)]
    assert factors.time == pytest.approx((ends[0].time * ends[1].time) ** 0.5, rel=1e-12)
    assert factors.energy == pytest.approx((ends[0].energy * ends[1].energy) ** 0.5, rel=1e-12)
    assert any("interpolated geometrically between 45 and 32 nm" in note for note in factors.notes)


def test_interpolation_leaves_the_nodes_of_the_table_alone() -> None:
    """With interpolation a node that has a row gives exactly what it gives without."""
    assert INTERPOLATING.factors(EIE, AT_65) == RULE.factors(EIE, AT_65)


@pytest.mark.parametrize("node", [6.9, 200])
def test_interpolation_never_extrapolates(node: float) -> None:
    """Beyond the ends of the table interpolation refuses as well."""
    with pytest.raises(ScalingError, match="never extrapolated"):
        INTERPOLATING.factors(AT_65, at(node))
