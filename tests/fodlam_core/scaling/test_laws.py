"""What must hold for every rule, over the whole domain of each."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodlam_core import Registry, ScalingError, Technology, load_registry
from fodlam_core.config import TechnologyConfig
from fodlam_core.estimates.scaling import configured_scaler
from fodlam_core.scaling.stillmaker import read_table
from fodlam_core.testing import check_scaler, parametrize_with_checks

REGISTRY = load_registry()
CLASSICAL = ("none", "dennard", "post-dennard", "constant-voltage")
DARK_SILICON = ("dark-silicon-itrs", "dark-silicon-conservative")
LONG_CHANNEL = {"model": "long-channel"}
GIVEN = {
    "factors": [
        {"from_nm": 65, "to_nm": 45, "time": 0.8, "energy": 0.6, "area": 0.5},
        {"from_nm": 28, "to_nm": 45, "time": 1.5, "power": 1.0, "area": 2.5},
        {"from_nm": 28, "to_nm": 16, "time": 0.5, "power": 0.9},
    ]
}
PARTS = {
    "factors": [
        {"from_nm": 65, "to_nm": 45, "time": 0.8, "energy": 0.6, "logic_energy": 0.5},
        {"from_nm": 45, "to_nm": 28, "time": 0.7, "energy": 0.6, "sram_energy": 0.9},
    ]
}

nodes = st.floats(1, 10_000)
volts = st.floats(0.3, 5.0)
overdriven = st.floats(0.4, 1.5)
anywhere = st.builds(Technology, nodes)


@st.composite
def stillmaker_points(draw: st.DrawFn, interpolated: bool = False) -> Technology:
    """Draw a point within the domain: a node, a flavour, and a vdd that all its rows accept."""
    known = st.sampled_from(sorted(read_table().nodes))
    node = draw(st.floats(7, 180) if interpolated else known)
    flavor = draw(st.sampled_from(("hp", "lp") if node < 65 else (None, "bulk", "hp", "lp")))
    if interpolated:  # below 0.85 V the fitted energy at 180 nm falls to nothing
        return Technology(node, draw(st.floats(0.9, 1.15)), flavor)
    name = "bulk" if node >= 65 else flavor
    lowest = read_table().rows[node, name].vdd_min
    return Technology(node, draw(st.floats(lowest, highest_vdd(node, name))), flavor)


@functools.cache
def highest_vdd(node: float, flavor: str) -> float:
    """Return the voltage, up to 2 V and to 1 mV, up to which the fitted delay is positive."""
    row = read_table().rows[node, flavor]
    vdd = row.vdd_min
    while vdd < 2.0:
        try:
            row.at(vdd + 0.001)
        except ScalingError:
            break
        vdd += 0.001
    return vdd


def table_points(nodes_nm: list[float], interpolated: bool) -> st.SearchStrategy[Technology]:
    """Draw nodes of a table, or anything between its ends."""
    if interpolated:
        return st.builds(Technology, st.floats(min(nodes_nm), max(nodes_nm)))
    return st.builds(Technology, st.sampled_from(nodes_nm))


DARK_NODES = [45, 32, 22, 16, 11, 8]
CASES: list[tuple[str, dict[str, Any], st.SearchStrategy[Technology]]] = [
    *((name, {}, anywhere) for name in CLASSICAL),
    ("constant-voltage", LONG_CHANNEL, anywhere),
    ("general", {}, st.builds(Technology, nodes, volts)),
    ("general", LONG_CHANNEL, st.builds(Technology, nodes, volts)),
    *((name, {}, table_points(DARK_NODES, False)) for name in DARK_SILICON),
    *((name, {"interpolate": True}, table_points(DARK_NODES, True)) for name in DARK_SILICON),
    ("stillmaker-baas-2017", {}, stillmaker_points()),
    ("stillmaker-baas-2017", {"interpolate": True}, stillmaker_points(interpolated=True)),
    ("alpha-power", {"alpha": 1.3, "vt": 0.35}, st.builds(Technology, st.just(65), overdriven)),
    ("alpha-power", {}, st.builds(Technology, st.just(65), st.floats(0.8, 1.2), st.just("lp"))),
    ("custom", GIVEN, table_points([65, 45, 28, 16], False)),
    ("custom", PARTS, table_points([65, 45, 28], False)),
    ("published-operations", {"interpolate": True}, table_points([45, 7], True)),
]


def applies(rule: Any, source: Technology, target: Technology) -> bool:
    """Tell whether a rule takes a pair: not every supply suits every node."""
    try:
        rule.factors(source, target)
    except ScalingError:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "options", "points"), CASES, ids=[f"{name}-{len(opts)}" for name, opts, _ in CASES]
)
def test_laws_hold_over_the_whole_domain(
    name: str, options: dict[str, Any], points: st.SearchStrategy[Technology]
) -> None:
    """Identity, inverse, transitivity and power x time = energy hold to 1e-12."""
    rule = configured_scaler(TechnologyConfig(scaler=name, options=options), REGISTRY)
    asked_of = st.lists(points, min_size=3, max_size=3, unique_by=attrs.astuple)

    @settings(max_examples=40, deadline=None)
    @given(asked_of)
    def laws(drawn: list[Technology]) -> None:
        if any(applies(rule, *pair) for pair in itertools.permutations(drawn, 2)):
            check_scaler(rule, drawn)

    laws()


@parametrize_with_checks(REGISTRY.scalers)
def test_rules_conform(scaler: Any, check: Any) -> None:
    """Every installed rule passes the conformance checks that plugin authors run."""
    check(scaler)


@settings(max_examples=50)
@given(node=nodes, name=st.sampled_from((*DARK_SILICON, "stillmaker-baas-2017", "custom")))
def test_tables_refuse_every_other_node(node: float, name: str) -> None:
    """A node that a table does not have is refused from either side, never the nearest taken."""
    known = {45, 32, 22, 16, 11, 8} if name in DARK_SILICON else set(read_table().nodes)
    if name != "custom" and node in known:
        node += 0.5
    rule = REGISTRY.scaler(name)
    here, there = Technology(45, 1.0, "hp"), Technology(node, 1.0, "hp")
    if node == here.node_nm:
        return
    for pair in ((here, there), (there, here)):
        with pytest.raises(ScalingError, match=r"nm"):
            rule.factors(*pair)


@given(node=nodes, vdd=volts, other=volts)
def test_general_refuses_a_change_of_voltage_alone(node: float, vdd: float, other: float) -> None:
    """With velocity saturated, one node at two voltages is refused; it is not a model of DVFS."""
    if vdd == other:
        return
    with pytest.raises(ScalingError, match="long-channel"):
        REGISTRY.scaler("general").factors(Technology(node, vdd), Technology(node, other))


@given(node=nodes, target=nodes)
def test_dennard_is_general_scaling_at_a_constant_field(node: float, target: float) -> None:
    """Where voltage shrinks as the node does, both current models are Dennard scaling."""
    dennard = REGISTRY.scaler("dennard").factors(Technology(node), Technology(target))
    if node == target:
        return
    points = Technology(node, node / 100), Technology(target, target / 100)
    for options in ({}, LONG_CHANNEL):
        rule = configured_scaler(TechnologyConfig(scaler="general", options=options), REGISTRY)
        factors = rule.factors(*points)
        assert factors.time == pytest.approx(dennard.time, rel=1e-12)
        assert factors.energy == pytest.approx(dennard.energy, rel=1e-12)
        assert factors.area == dennard.area


def test_extreme_nodes_are_refused_rather_than_infinite(registry: Registry) -> None:
    """A ratio of nodes beyond floating point is a ScalingError, not an infinity or a crash."""
    for name in CLASSICAL[1:]:
        with pytest.raises(ScalingError, match="not positive and finite"):
            registry.scaler(name).factors(Technology(1e-300), Technology(1e300))


@given(node=nodes, shrink=st.floats(0.05, 0.999), name=st.sampled_from(CLASSICAL[1:]))
def test_a_finer_node_is_faster_and_takes_less(node: float, shrink: float, name: str) -> None:
    """Under every classical rule time, energy and area fall with the node."""
    factors = REGISTRY.scaler(name).factors(Technology(node), Technology(node * shrink))
    assert factors.time < 1
    assert factors.energy < 1
    assert factors.area is not None
    assert factors.area < 1


@given(ends=st.lists(st.floats(7, 45), min_size=2, max_size=2, unique=True))
def test_published_energies_fall_with_the_node(ends: list[float]) -> None:
    """Interpolated, energies of logic and of SRAM fall from 45 to 7 nm; time stays."""
    options = {"interpolate": True}
    asked = TechnologyConfig(scaler="published-operations", options=options)
    fine, coarse = sorted(ends)
    factors = configured_scaler(asked, REGISTRY).factors(Technology(coarse), Technology(fine))
    assert factors.time == 1
    for each in (factors.energy, factors.logic, factors.sram):
        assert each is not None
        assert each <= 1


@given(low=st.floats(0.8, 1.2), high=st.floats(0.8, 1.2))
def test_a_higher_voltage_is_faster_and_takes_more(low: float, high: float) -> None:
    """Under the alpha-power law time falls and energy rises with the voltage."""
    low, high = sorted((low, high))
    here, there = (Technology(65, volt, "lp") for volt in (low, high))
    factors = REGISTRY.scaler("alpha-power").factors(here, there)
    assert factors.time <= 1 <= factors.energy


@given(data=st.data(), key=st.sampled_from(sorted(read_table().rows, key=str)))
def test_polynomials_rise_and_fall_as_the_domain_says(
    data: st.DataObject, key: tuple[float, str]
) -> None:
    """Energy rises with the voltage in the whole domain; time falls, or a note says artefact."""
    node, flavor = key
    volt = st.floats(read_table().rows[key].vdd_min, highest_vdd(node, flavor))
    low, high = sorted((data.draw(volt), data.draw(volt)))
    here, there = (Technology(node, each, flavor) for each in (low, high))
    factors = REGISTRY.scaler("stillmaker-baas-2017").factors(here, there)
    assert factors.energy >= 1 - 1e-12
    assert factors.time <= 1 + 1e-12 or "an artefact of the fit" in " ".join(factors.notes)
