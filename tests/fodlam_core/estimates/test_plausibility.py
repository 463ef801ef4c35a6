"""Results that cannot be are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import (
    Config,
    ConvShape,
    Estimate,
    Layer,
    Network,
    NetworkConfig,
    PluginError,
    Registry,
    ScalingFactors,
    Technology,
    TechnologyConfig,
    estimate,
)
from fodlam_core.config import load_config
from fodlam_core.estimates.plausibility import Doubt, doubts, energy_bounds_j


class Rule:
    """A scaling rule with the factors it is given."""

    name = "given"

    def __init__(self, time: float, energy: float, area: float | None = None) -> None:
        self.scaled = ScalingFactors(time, energy, area)

    def factors(self, source: Technology, target: Technology) -> ScalingFactors:
        """Return the factors."""
        return self.scaled


@pytest.fixture
def scaled(registry: Registry) -> Any:
    """Return AlexNet's estimate with Eyeriss and EIE scaled by given factors to 40 nm."""

    def run(*factors: float, **changes: Any) -> Estimate:
        some = registry._replace(items={**registry.items, ("rule", "given"): Rule(*factors)})
        technology = TechnologyConfig(node_nm=40, scaler="given")
        return estimate(Config(NetworkConfig("AlexNet", **changes), technology), some)

    return run


def found(result: Estimate, layer: str) -> dict[str, Doubt]:
    """Return the doubts of a layer by what they are about."""
    [each] = [each for each in result.layers if each.layer.name == layer]
    assert each.basis is not None
    platform = result.platforms[each.basis.accelerator]
    return {doubt.what: doubt for doubt in doubts(each.layer, each.basis, platform)}


def test_published_numbers_are_plausible(registry: Registry, examples: Path) -> None:
    """No shipped example, and no accelerator at its own point, is doubted."""
    for path in examples.glob("*.toml"):
        result = estimate(load_config(path, registry), registry)
        assert not [note for note in result.notes if note.startswith("implausible")], path
        assert not any(each["implausible"] for each in result.to_dict()["layers"])


@pytest.mark.parametrize(
    ("factors", "layer", "what"),
    [
        ((1.0, 1e-2), "CONV5", "energy per MAC too low"),
        ((1.0, 1e-2), "FC8", "energy per MAC too low"),
        ((1e3, 1e3), "CONV1", "energy per MAC too high"),
        ((1.0, 1.0, 1e-2), "CONV1", "power density"),
        ((0.01, 0.1), "CONV1", "clock rate"),
        ((0.1, 0.1), "FC6", "clock rate"),
    ],
)
def test_bounds(factors: tuple[float, ...], layer: str, what: str, scaled: Any) -> None:
    """A result beyond a bound is doubted, in the notes first of all and in the JSON."""
    result = scaled(*factors)

    doubt = found(result, layer)[what]
    assert doubt.value > doubt.bound or "low" in what
    assert result.notes[0].startswith("implausible: ")
    assert any(what in note for note in result.notes)
    record = {each["name"]: each for each in result.to_dict()["layers"]}
    assert what in [each["what"] for each in record[layer]["implausible"]]


def test_plausible_scaling_is_not_doubted(scaled: Any) -> None:
    """Factors of a sensible rule raise no doubt."""
    assert {} == found(scaled(0.6, 0.4, 0.4), "CONV1") == found(scaled(0.6, 0.4, 0.4), "FC6")


def test_zeros_that_are_skipped_are_no_work(registry: Registry) -> None:
    """EIE does 1.2e12 dense MACs a second, which is no more than its PEs can of the others."""
    result = estimate(Config(NetworkConfig("AlexNet")), registry)
    eie = registry.accelerator("eie")
    dense = attrs.evolve(eie, skips_zeros=False)
    some = registry._replace(items={**registry.items, ("accelerator", "eie"): dense})

    assert {} == found(result, "FC6")
    doubt = found(estimate(Config(NetworkConfig("AlexNet")), some), "FC6")["rate above peak"]
    assert (51.2e9, 37748736 / 30.3e-6) == (doubt.bound, pytest.approx(doubt.value))


def test_peaks(registry: Registry) -> None:
    """The peak is one MAC for each PE and cycle: 168 at 200 MHz, 64 at 800 MHz."""
    assert 168 * 200e6 == registry.accelerator("eyeriss").peak_macs_per_s
    assert 64 * 800e6 == registry.accelerator("eie").peak_macs_per_s


@pytest.mark.parametrize("peak", [0, -1.0, float("nan"), float("inf"), "1e9", True])
def test_peak_that_is_none(peak: Any, registry: Registry) -> None:
    """A peak that is not a positive, finite number is refused."""
    with pytest.raises(PluginError, match="eie: peak_macs_per_s"):
        attrs.evolve(registry.accelerator("eie"), peak_macs_per_s=peak)


def test_rate_counts_the_batch(registry: Registry) -> None:
    """Costs as printed are for the MACs of the whole batch; a lower peak is then exceeded."""
    config = Config(NetworkConfig("VGG16", batch="published"))
    slow = attrs.evolve(registry.accelerator("eyeriss"), peak_macs_per_s=20e9)
    some = registry._replace(items={**registry.items, ("accelerator", "eyeriss"): slow})

    assert {} == found(estimate(config, registry), "CONV5-1")
    doubt = found(estimate(config, some), "CONV5-1")["rate above peak"]
    assert 3 * 462422016 / 54.3e-3 == pytest.approx(doubt.value)


def test_predicted_power(registry: Registry) -> None:
    """A predicted power far from every measured one is doubted."""
    eyeriss = registry.accelerator("eyeriss")

    class Hot:
        name = "hot"
        requires: frozenset[str] = frozenset()

        def fit(self, measurements: Any) -> Any:
            return self

        def predict(self, layer: Any) -> Any:
            return attrs.evolve(measured.cost, energy_j=10 * measured.cost.energy_j)

    measured = eyeriss.measurements[0]
    hot = attrs.evolve(eyeriss, predictors=(Hot(),))
    some = registry._replace(items={**registry.items, ("accelerator", "eyeriss"): hot})
    result = estimate(Config(NetworkConfig("AlexNet", method="predicted")), some)

    doubt = found(result, "CONV1")["predicted power"]
    assert (3.32, 0.664) == (pytest.approx(doubt.value), pytest.approx(doubt.bound))


@pytest.mark.parametrize(("energy", "doubted"), [(1.0, False), (1e4, True)])
@pytest.mark.parametrize("batch", [1, 8])
def test_the_set_up_of_a_layer_is_not_energy_of_its_macs(
    registry: Registry, energy: float, doubted: bool, batch: int
) -> None:
    """Where setting a layer up takes most of its time, its few MACs are not to blame for that."""
    gate = Layer.from_shape("gate", ConvShape(96, 1, 1, 4, 1, 1, (1, 1)))
    conv = Layer.from_shape("conv", ConvShape(64, 56, 56, 64, 54, 54, (3, 3)))
    rule = {("rule", "given"): Rule(1.0, energy)}
    some = registry._replace(items={**registry.items, **rule})

    technology = TechnologyConfig(node_nm=40, scaler="given")
    config = Config(NetworkConfig(batch=batch), technology, dispatch={"conv": "eyeriss"})
    result = estimate(config, some, Network("se", [conv, gate]))

    too_high = ["energy per MAC too high" in found(result, name) for name in ("conv", "gate")]
    assert too_high[0] == doubted
    assert doubted or not too_high[1]


@pytest.mark.parametrize(("latency_s", "doubted"), [(4e-9, True), (6e-9, False)])
def test_nothing_takes_less_than_a_cycle(
    registry: Registry, latency_s: float, doubted: bool
) -> None:
    """A latency below one cycle of the clock is doubted; a batch of some cycles is not."""
    eyeriss = registry.accelerator("eyeriss")
    rows = [
        attrs.evolve(row, latency_s=latency_s, offchip_latency_s=0) for row in eyeriss.measurements
    ]
    fast = attrs.evolve(eyeriss, measurements=rows)
    some = registry._replace(items={**registry.items, ("accelerator", "eyeriss"): fast})

    result = estimate(Config(NetworkConfig("VGG16")), some)

    assert doubted == ("latency" in found(result, "CONV1-1"))


@given(st.floats(1, 10_000), st.floats(1, 10_000))
def test_energy_bounds(a: float, b: float) -> None:
    """The bounds rise with the node, and the lower is always below the upper."""
    (low_a, high_a), (low_b, high_b) = energy_bounds_j(a), energy_bounds_j(b)

    assert 0 < low_a < high_a
    if a < b:
        assert low_a <= low_b
        assert high_a <= high_b


def test_bounds_at_the_published_nodes() -> None:
    """At 45 and 7 nm the bounds are sums of the published energies of operations."""
    assert (0.23e-12, 404.6e-12) == pytest.approx(energy_bounds_j(45))
    assert (0.077e-12, 57.69e-12) == pytest.approx(energy_bounds_j(7))


def test_run_shows_it(cli: Any, examples: Path) -> None:
    """``run`` warns above the totals, and says what and why in the first note."""
    path = examples / "vgg16-per-image.toml"

    text = cli("run", path, "--set", "technology.node_nm=7").out
    record = json.loads(cli("run", path, "--set", "technology.node_nm=7", "-f", "json").out)

    assert "Some of these numbers are not plausible" in text
    assert text.index("are not plausible") < text.index("inferences/s")
    assert record["notes"][0].startswith("implausible: eyeriss: energy per MAC too low of CONV5-3")
