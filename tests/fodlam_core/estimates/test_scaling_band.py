"""The spread over all applicable rules of scaling."""

from __future__ import annotations

import pickle

import attrs
import pytest

from fodlam_core import Config, Estimate, NetworkConfig, Registry, TechnologyConfig, estimate
from fodlam_core.estimates.scaling_band import scaling_band

FIRST_RULES = ("dennard", "post-dennard", "constant-voltage")


def alexnet(registry: Registry, **technology: object) -> Estimate:
    """Return AlexNet's convolutions on Eyeriss."""
    network = NetworkConfig(name="AlexNet", layers=[f"CONV{each}" for each in range(1, 6)])
    config = Config(network, TechnologyConfig(**technology))  # type: ignore[arg-type]
    return estimate(config, registry)


def test_the_band_is_what_the_rules_themselves_say(registry: Registry) -> None:
    """Its ends are the least and the greatest total of estimates that name each rule."""
    band = scaling_band(alexnet(registry, node_nm=28))
    assert band is not None
    assert set(FIRST_RULES) <= set(band.rules)
    totals = [alexnet(registry, node_nm=28, scaler=rule).totals["total"] for rule in band.rules]
    energies = [each.energy_j or 0.0 for each in totals]
    latencies = [each.latency_s or 0.0 for each in totals]
    assert band.bounds.energy_j == pytest.approx((min(energies), max(energies)), rel=1e-12)
    assert band.bounds.latency_s == pytest.approx((min(latencies), max(latencies)), rel=1e-12)
    assert band.bounds.energy_j == pytest.approx((0.641e-3, 3.455e-3), rel=1e-3)


def test_kinds_and_accelerators_scale_apart(registry: Registry) -> None:
    """At 65 nm only EIE is scaled, so that conv has one value and fc a spread."""
    both = estimate(Config(NetworkConfig(name="VGG16"), TechnologyConfig(node_nm=65)), registry)
    conv, fc = scaling_band(both, "conv"), scaling_band(both, "fc")
    assert conv is not None
    assert fc is not None
    assert conv.bounds.energy_j is not None
    assert conv.bounds.energy_j[0] == conv.bounds.energy_j[1] == both.totals["conv"].energy_j
    assert fc.bounds.energy_j == pytest.approx((43.885e-6, 91.57e-6), rel=1e-3)
    assert not conv.is_open
    assert fc.is_open


def test_without_scaling_there_is_no_band(registry: Registry) -> None:
    """As measured, at the chip's own node, and with the rule none, there is nothing to spread."""
    assert scaling_band(alexnet(registry)) is None
    assert scaling_band(alexnet(registry, node_nm=65)) is None
    assert scaling_band(alexnet(registry, node_nm=28, scaler="none")) is None
    assert alexnet(registry).to_dict()["totals"]["total"]["scaling"] is None


def test_json_and_note_name_the_rules(registry: Registry) -> None:
    """Totals have the key, and a note points to the line."""
    result = alexnet(registry, node_nm=28)
    record = result.to_dict()["totals"]["total"]["scaling"]
    assert set(record) == {"rules", "latency_s", "energy_j"}
    assert record["energy_j"][0] < record["energy_j"][1]
    assert any("spread over all rules" in note for note in result.notes)


def test_a_held_clock_has_one_latency(registry: Registry) -> None:
    """With the clock held no rule changes a latency."""
    band = scaling_band(alexnet(registry, node_nm=28, clock="hold"))
    assert band is not None
    assert band.bounds.latency_s is not None
    assert band.bounds.latency_s[0] == band.bounds.latency_s[1]


def test_rules_without_times_count_for_energy_only(registry: Registry) -> None:
    """From 45 to 7 nm one of four rules has energies alone, so that the time is over three."""
    config = Config(NetworkConfig(name="NeuralTalk"), TechnologyConfig(node_nm=7))
    band = scaling_band(estimate(config, registry))
    assert band is not None
    assert "published-operations" in band.rules
    assert (3, 4) == band.counts
    assert str(band).endswith(" 6.107 uJ over 4 rules, 4.573 us over 3 rules")
    assert str(scaling_band(alexnet(registry, node_nm=28))).endswith(" and 14.1 ms over 3 rules")


def test_a_larger_batch_has_a_larger_band(registry: Registry) -> None:
    """The band is of the same inferences as the total."""
    one = alexnet(registry, node_nm=28)
    config = attrs.evolve(one.config, network=attrs.evolve(one.config.network, batch=8))
    many = scaling_band(estimate(config, registry))
    few = scaling_band(one)
    assert many is not None
    assert few is not None
    assert many.bounds.energy_j is not None
    assert few.bounds.energy_j is not None
    assert many.bounds.energy_j[1] == pytest.approx(8 * few.bounds.energy_j[1], rel=1e-12)


def test_a_copy_made_by_pickle_has_the_same_band(registry: Registry) -> None:
    """A worker process sends back the rules that apply, without the registry."""
    result = alexnet(registry, node_nm=28)
    copy = pickle.loads(pickle.dumps(result.rules))
    assert result.rules is not None
    assert copy.multipliers == result.rules.multipliers
