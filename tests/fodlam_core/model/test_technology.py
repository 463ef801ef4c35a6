"""Technology points and factors stay physical."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fodlam_core import ScalingError, ScalingFactors, Technology


@pytest.mark.parametrize("value", [0, -1.0, math.nan, math.inf, "45", None, True])
def test_node_is_positive_and_finite(value: Any) -> None:
    """A node that is not a positive, finite number is refused."""
    with pytest.raises(ScalingError, match="node_nm"):
        Technology(value)


def test_voltage_and_flavor() -> None:
    """Voltage and flavour may be unknown, but not nonsense."""
    assert "45 nm" == str(Technology(45))
    assert "45 nm 1.1 V hp" == str(Technology(45, 1.1, "hp"))
    with pytest.raises(ScalingError, match="vdd"):
        Technology(45, 0)
    with pytest.raises(ScalingError, match="flavor: 'HP' is not one of hp, lp, bulk"):
        Technology(45, 1.0, "HP")


@pytest.mark.parametrize("bad", [0, -2.0, math.nan, math.inf])
@pytest.mark.parametrize("name", ["time", "energy", "area"])
def test_factors_are_positive_and_finite(name: str, bad: float) -> None:
    """A factor that is not positive and finite is refused."""
    with pytest.raises(ScalingError, match=f"the {name} factor"):
        ScalingFactors(**{"time": 1.0, "energy": 1.0, "area": 1.0, name: bad})


def test_power_is_energy_over_time() -> None:
    """Power is derived, so that energy is always power times time."""
    assert 4.0 == ScalingFactors(0.5, 2.0).power
