"""Cost per MAC of the measured layers."""

from __future__ import annotations

from fodlam_core import Registry
from fodlam_core.analyses.per_mac import diagnose, diagnosis_record


def test_layers_come_before_averages(registry: Registry) -> None:
    """The average of a kind is the cost of its layers over their MACs."""
    costs = diagnose(registry, 1)
    averages = [each for each in costs if each.network is None]

    assert ["conv", "fc"] == [each.kind for each in averages]
    for average in averages:
        layers = [each.latency_s for each in costs if each.kind == average.kind and each.network]
        assert min(layers) < average.latency_s < max(layers)


def test_the_record_has_every_layer(registry: Registry) -> None:
    """FODLAM's record has each layer under its network, and each average under its kind."""
    costs = diagnose(registry, "published")
    record = diagnosis_record(costs)

    layers = [value for each in record["per_layer"]["energy"].values() for value in each.values()]
    assert sorted(each.energy_j for each in costs if each.network) == sorted(layers)
    assert {"conv", "fc"} == set(record["average"]["latency"])
