"""Keys that can be axes."""

from __future__ import annotations

from fodlam_core import Registry
from fodlam_core.sweeps.keys import known_keys, names_for, unknown_axis, with_values


def test_keys_of_every_table(registry: Registry) -> None:
    """Every table has its keys, options of the rule among them."""
    keys = known_keys(registry, ["stillmaker-baas-2017"])

    for key in (
        "network.batch",
        "technology.options.interpolate",
        "dispatch.conv",
        "accelerator.eyeriss.latency",
        "accelerator.eie.technology.vdd",
        "system.dram_energy_j_per_byte",
    ):
        assert key in keys


def test_names(registry: Registry) -> None:
    """Keys that take names list those that are installed."""
    assert ["eyeriss"] == names_for("dispatch.conv", registry)
    assert "dennard" in (names_for("technology.scaler", registry) or [])
    assert names_for("technology.vdd", registry) is None


def test_a_table_is_not_an_axis() -> None:
    """A table is told with one of its keys."""
    assert "such as 'network.batch'" in unknown_axis("network", ["network.batch"])


def test_tables_stay_as_they_are() -> None:
    """Setting a key changes a copy."""
    tables = {"network": {"batch": 1}}

    assert 2 == with_values(tables, {"network.batch": 2})["network"]["batch"]
    assert 1 == tables["network"]["batch"]
