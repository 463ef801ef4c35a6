"""Supply voltages that a process can have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import (
    Config,
    FodlamError,
    NetworkConfig,
    Registry,
    ScalingError,
    Technology,
    TechnologyConfig,
    estimate,
)
from fodlam_core.scaling.carry import carry
from fodlam_core.scaling.post_dennard import PostDennard
from fodlam_core.scaling.supply import LEAST_V, NOMINAL_V, check_supply, highest_vdd


@pytest.mark.parametrize(("node", "vdd"), [(16, 3.0), (7, 1.8), (65, 3.3), (65, 0.05)])
def test_absurd_supplies_are_refused_whatever_the_rule(
    node: float, vdd: float, registry: Registry
) -> None:
    """A voltage that logic of the node does not have is an error that says what it can have."""
    network, asked = NetworkConfig("AlexNet"), TechnologyConfig(node_nm=node, vdd=vdd)
    with pytest.raises(FodlamError, match=f"{vdd:g} V is not a supply of {node:g} nm logic"):
        estimate(Config(network, asked), registry)


@pytest.mark.parametrize(
    ("node", "vdd"), [(10, 1.55), (16, 0.4), (65, 1.2), (180, 1.8), (350, 5.0), (1000, 5.0)]
)
def test_supplies_that_chips_have_pass(node: float, vdd: float) -> None:
    """Nominal, overdriven and near-threshold supplies of real chips are accepted."""
    check_supply(Technology(node, vdd))


def test_a_finer_node_stands_no_more_than_a_coarser_one() -> None:
    """The bound never rises as the node shrinks."""
    bounds = [highest_vdd(node) for node in (3, 5, 7, 10, 14, 16, 22, 28, 45, 65, 130, 180, 500)]
    assert bounds == sorted(bounds)


@pytest.mark.parametrize(
    ("node", "nominal"), [(5, 0.77), (7, 0.80), (10, 0.83), (16, 0.86), (45, 1.0), (65, 1.2)]
)
def test_nominal_supplies_are_those_of_their_sources(node: float, nominal: float) -> None:
    """The bound is twice the nominal supply that ITRS 2013, PTM and TSMC state; each is named."""
    assert highest_vdd(node) == 2 * nominal
    assert all(source for _, _, source in NOMINAL_V)


@given(node=st.floats(1, 1000), vdd=st.floats(0.001, 20))
def test_any_rule_refuses_what_is_out_of_bounds(node: float, vdd: float) -> None:
    """A supply passes exactly where it is between the bounds, at nodes between those of a table."""
    target = Technology(node, vdd)
    there, back = (Technology(65, 1.0), target), (target, Technology(65, 1.0))
    for way in (there, back):
        if LEAST_V <= vdd <= highest_vdd(node):
            assert carry(PostDennard(), *way).time > 0
        else:
            with pytest.raises(ScalingError, match="is not a supply of"):
                carry(PostDennard(), *way)


def test_no_supply_is_none_too_many() -> None:
    """A point without a voltage is not judged; the error names the range."""
    check_supply(Technology(16))
    with pytest.raises(ScalingError, match=r"0\.1 to 1\.72 V"):
        check_supply(Technology(16, 2.0))
