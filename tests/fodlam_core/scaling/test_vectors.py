"""Every rule of the core against published and independently computed factors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import Registry, ScalingFactors, Technology
from fodlam_core.config import TechnologyConfig
from fodlam_core.estimates.scaling import configured_scaler

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "scaling_vectors.json").read_text())
BULK_FROM_NM = 65


def point(values: dict[str, Any], area_only: bool) -> Technology:
    """Return the point; where only area is told, vdd and flavour are any that the rule accepts."""
    if area_only:
        values = {"vdd": 1.0, "flavor": "hp" if values["node_nm"] < BULK_FROM_NM else None} | values
    return Technology(**values)


def figure(name: str, factors: ScalingFactors) -> float:
    """Return a figure of a vector from the factors."""
    if name == "power_density":
        assert factors.area is not None
        return factors.power / factors.area
    stem, _, inverse = name.partition("_")
    value: float = getattr(factors, stem)
    return 1 / value if inverse == "inverse" else value


@pytest.mark.parametrize(
    "vector", VECTORS, ids=[f"{n}-{each['rule']}" for n, each in enumerate(VECTORS)]
)
def test_factors_are_those_of_the_source(vector: dict[str, Any], registry: Registry) -> None:
    """Each factor agrees with its source at the tolerance of that source."""
    asked = TechnologyConfig(scaler=vector["rule"], options=vector.get("options", {}))
    area_only = vector.get("only") == "area"
    source, target = (point(vector[side], area_only) for side in ("source", "target"))
    factors = configured_scaler(asked, registry).factors(source, target)
    assert vector["expect"]
    for name, expected in vector["expect"].items():
        if name == "delay_ps":
            for native, scaled in expected.items():
                assert round(float(native) * factors.time) == scaled
        else:
            assert figure(name, factors) == pytest.approx(expected, rel=vector["rtol"]), name


def test_equal_points_have_factors_of_exactly_one(registry: Registry) -> None:
    """Every rule, whatever its domain, carries a point to itself by exactly 1."""
    here = Technology(65, 1.0, "bulk")
    for scaler in registry.scalers:
        factors = scaler.factors(here, here)
        assert (factors.time, factors.energy, factors.power, factors.area) == (1, 1, 1, 1)
