"""Factors over arrays are those that rules give one by one."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import Registry, ScalingError, ScalingFactors, Technology, sweep
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.registry import build_registry
from fodlam_core.scaling.constant_voltage import ConstantVoltage
from fodlam_core.scaling.dennard import Dennard
from fodlam_core.scaling.general import CurrentModel, General
from fodlam_core.scaling.post_dennard import PostDennard
from fodlam_core.scaling.supply import highest_vdd
from fodlam_core.sweeps.factor_arrays import _highest_vdd

LONG = CurrentModel("long-channel")
RULES = [
    Dennard(),
    PostDennard(),
    ConstantVoltage(),
    ConstantVoltage(LONG),
    General(),
    General(LONG),
]
NODES, VOLTS = [90, 65, 45, 28], [0.05, 0.7, 1.0, 1.2, 2.2, 9.0]


@pytest.mark.parametrize(
    "rule", RULES, ids=lambda rule: f"{rule.name} {getattr(rule, '_model', '')}"
)
@given(
    source=st.builds(Technology, st.floats(5, 350), st.floats(0.5, 2)),
    targets=st.lists(st.tuples(st.floats(5, 350), st.floats(0.5, 2)), min_size=1),
)
def test_arrays_hold_what_the_rule_says_of_each(
    rule: Any, source: Technology, targets: list[tuple[float, float]]
) -> None:
    """Each element is the factor of its point; none is there where the rule refuses."""
    targets = [*targets, (source.node_nm, 0.6), (source.node_nm, source.vdd or 1.0)]
    nodes, volts = (pl.Series(column, dtype=pl.Float64) for column in zip(*targets, strict=True))
    times, energies = rule.factors_over(source, nodes, volts)
    for node, vdd, time, energy in zip(nodes, volts, times, energies, strict=True):
        try:
            one = rule.factors(source, Technology(node, vdd))
        except ScalingError:
            assert time == float("inf")
            continue
        assert (time, energy) == pytest.approx((one.time, one.energy), rel=1e-14)


@given(node=st.one_of(st.floats(1, 10_000), st.sampled_from([5.0, 16.0, 22.0, 350.0])))
def test_the_highest_supply_of_many_nodes(node: float) -> None:
    """The table looked up for a column is the one that is looked up for a node."""
    assert _highest_vdd(pl.Series([node])).to_list() == [highest_vdd(node)]


class OneByOne:
    """A rule without its arrays."""

    def __init__(self, rule: Any, **changes: Any) -> None:
        self.name, self._rule = "one-by-one", rule
        for name, value in changes.items():
            setattr(self, name, value)

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return what the rule says."""
        factors: ScalingFactors = self._rule.factors(source, target)
        return factors


def _swept(registry: Registry, rule: Any, clock: str) -> list[dict[str, Any]]:
    known = build_registry(
        [*registry.plugins, Plugin("more", {"fodlam_technology_scalers": (rule,)})]
    )
    tables = {
        "network": {"name": "AlexNet"},
        "dispatch": {"conv": "eyeriss"},
        "technology": {"scaler": rule.name, "clock": clock},
        "accelerator": {"eie": {"technology": {"vdd": 1.0}}},
        "sweep": {
            "network.batch": [1, 4],
            "technology.vdd": VOLTS,
            "technology.node_nm": NODES,
        },
    }
    columns = ["latency_s", "energy_j", "problem"]
    return sweep(tables, columns, registry=known).collect().sort(pl.all()).to_dicts()


@pytest.mark.parametrize("clock", ["scale", "hold"])
def test_a_sweep_over_arrays_is_that_of_single_points(registry: Registry, clock: str) -> None:
    """Factors, refusals and reasons are the same with arrays as without."""
    calls = 0

    def arrays(*given: Any) -> Any:
        nonlocal calls
        calls += 1
        return General().factors_over(*given)

    plain = _swept(registry, OneByOne(General()), clock)
    over = _swept(registry, OneByOne(General(), factors_over=arrays), clock)
    assert calls
    for one, other in zip(over, plain, strict=True):
        assert one.pop("problem") == other["problem"]
        for name, value in one.items():
            assert value == (other[name] and pytest.approx(other[name], rel=1e-14))
    refused = [row for row in plain if row["problem"]]
    assert any("is not a supply of" in row["problem"] for row in refused)
    assert any("velocity is saturated" in row["problem"] for row in refused)
    assert len(refused) < len(plain) == 2 * len(VOLTS) * len(NODES)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda *_: None,
        lambda *_: (1.0, 2.0),
        lambda _source, nodes, _vdd: (nodes, nodes[:-1]),
        lambda _source, nodes, _vdd: (nodes * float("nan"), -nodes),
        lambda *_: 1 / 0,
        "no function",
    ],
)
def test_wrong_arrays_are_not_taken(registry: Registry, wrong: Any) -> None:
    """Whatever a stranger's arrays are, points are then asked for one by one."""
    plain = _swept(registry, OneByOne(General()), "scale")
    assert _swept(registry, OneByOne(General(), factors_over=wrong), "scale") == plain
