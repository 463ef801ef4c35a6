"""Supply voltages that a process can have."""

from __future__ import annotations

import pytest

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
from fodlam_core.scaling.supply import check_supply, highest_vdd


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


def test_no_supply_is_none_too_many() -> None:
    """A point without a voltage is not judged; the error names the range."""
    check_supply(Technology(16))
    with pytest.raises(ScalingError, match=r"0\.1 to 1\.72 V"):
        check_supply(Technology(16, 2.0))
