"""Which inputs explain a difference."""

from __future__ import annotations

from fodlam_core.analyses.causes import because_of

LAYER = {
    "accelerator": "eie",
    "method": "published",
    "macs": 10,
    "repeat": 1,
    "batch": 1,
    "native": {"latency_s": 1.0, "energy_j": 1.0, "power_w": 1.0},
    "factors": {"time": 1.0, "energy": 1.0, "power": 1.0},
}
CHANGED = ["network.batch", "network.method", "technology.node_nm", "system.x", "data.eie"]


def because(number: str, **changes: object) -> list[str]:
    """Return what explains a number of a layer after changes."""
    return list(because_of(number, LAYER, {**LAYER, **changes}, CHANGED))


def test_nothing_that_changed_nothing_is_named() -> None:
    """Where a layer is as it was, no input is named, although inputs differ."""
    assert [] == because("latency_s")


def test_a_factor_is_explained_by_technology() -> None:
    """Another factor of time explains a latency, and no energy."""
    factors = {"time": 2.0, "energy": 1.0, "power": 0.5}

    assert ["technology.node_nm"] == because("latency_s", factors=factors)
    assert [] == because("energy_j", factors=factors)


def test_a_native_cost_is_explained_by_the_data() -> None:
    """Another cost before scaling, of the same layer and batch, comes from the data."""
    native = {"latency_s": 2.0, "energy_j": 1.0, "power_w": 0.5}

    assert ["data.eie"] == because("latency_s", native=native)


def test_a_method_is_explained_by_the_network_table() -> None:
    """A layer that is predicted instead of published is explained by what decides that."""
    native = {"latency_s": 2.0, "energy_j": 1.0, "power_w": 0.5}

    assert ["network.method"] == because("latency_s", method="predicted", native=native)


def test_a_layer_that_is_new() -> None:
    """A layer that one result does not have is explained by its network, not by the batch."""
    assert ["network.method"] == list(because_of("latency_s", {}, LAYER, CHANGED))
