"""Published costs of whole networks."""

from __future__ import annotations

from typing import Any

import pytest

from fodlam_core import PluginError, Reference


@pytest.mark.parametrize("fields", [{"latency_s": 1.0}, {"energy_j": 1.0, "macs": 10}])
def test_one_cost_suffices(fields: dict[str, Any]) -> None:
    """A latency or an energy is enough."""
    assert "VGG16" == Reference("VGG16", **fields).network


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, "neither latency nor energy"),
        ({"latency_s": -1.0}, "latency_s is -1.0"),
        ({"latency_s": 1.0, "batch": 0}, "batch is 0"),
        ({"latency_s": 1.0, "macs": 1.5}, "macs is 1.5"),
    ],
)
def test_what_is_wrong_is_told(fields: dict[str, Any], wrong: str) -> None:
    """Costs are positive, counts are whole, and the error says which is not."""
    with pytest.raises(PluginError, match=wrong):
        Reference("VGG16", **fields)
