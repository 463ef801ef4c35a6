"""Eyeriss's published voltage sweep as operating points, and what scaling makes of it."""

from __future__ import annotations

import attrs
import pytest

from fodlam_core import Config, Network, NetworkConfig, Registry, TechnologyConfig, estimate
from fodlam_core.networks.zoo import zoo_network
from fodlam_eyeriss.voltages import CONV_MACS, SWEEP, Point

NAMES = ["eyeriss/1.0V", "eyeriss/0.82V", "eyeriss/0.92V", "eyeriss/1.17V"]


@pytest.fixture
def convolutions() -> Network:
    """AlexNet's five convolutions, as a network of its own."""
    whole = zoo_network("AlexNet")
    layers = [layer for layer in whole.layers if layer.kind == "conv"]
    return attrs.evolve(whole, name="AlexNet-conv", layers=layers)


def on(chip: str, **technology: float | str) -> Config:
    """Return a configuration that gives convolutions to a chip."""
    asked = TechnologyConfig(**technology)  # type: ignore[arg-type]
    return Config(NetworkConfig("AlexNet", batch=4), asked, dispatch={"conv": chip})


def test_points_are_named_after_their_voltage(registry: Registry) -> None:
    """Each point is an accelerator at its own technology point; the chip is the one at 1 V."""
    chip = registry.accelerator("eyeriss")
    assert [each.name for each in chip.points] == NAMES
    assert [registry.accelerator(name).technology.vdd for name in NAMES] == [1.0, 0.82, 0.92, 1.17]
    assert registry.accelerator("eyeriss/1.0V").measurements == chip.measurements


def test_the_chip_itself_is_as_it_was(registry: Registry) -> None:
    """No point adds a row, a reference or a predictor to the chip."""
    chip = registry.accelerator("eyeriss")
    assert len(chip.calibration("conv")) == 18
    assert chip.references == ()
    assert chip.default_for == ("conv",)


@pytest.mark.parametrize("point", SWEEP)
def test_a_point_answers_for_the_convolutions(
    point: Point, convolutions: Network, registry: Registry
) -> None:
    """AlexNet's convolutions run at the published frame rate and power."""
    assert convolutions.total_macs == CONV_MACS
    total = estimate(on(f"eyeriss/{point.vdd:g}V"), registry, convolutions).totals["total"]
    assert total.inferences_per_s == pytest.approx(point.frames_per_s, rel=1e-12)
    assert total.power_w == pytest.approx(point.power_w, rel=1e-12)


def test_the_printed_point_is_that_of_the_layers(convolutions: Network, registry: Registry) -> None:
    """The rows of the chip sum up to the 34.7 frames/s and 278 mW of the sweep."""
    total = estimate(on("eyeriss"), registry, convolutions).totals["total"]
    assert total.inferences_per_s == pytest.approx(34.7, rel=2e-3)
    assert total.power_w == pytest.approx(0.278, rel=2e-3)


@pytest.mark.parametrize("point", SWEEP)
def test_the_alpha_power_rule_meets_the_sweep(
    point: Point, convolutions: Network, registry: Registry
) -> None:
    """Whole estimates, the wait for DRAM held, are within 15 % in time and 10 % in energy."""
    asked = on("eyeriss", scaler="alpha-power", node_nm=65, vdd=point.vdd)
    total = estimate(asked, registry, convolutions).totals["total"]
    assert total.inferences_per_s == pytest.approx(point.frames_per_s, rel=0.15)
    assert total.energy_j == pytest.approx(4 * point.power_w / point.frames_per_s, rel=0.10)


@pytest.mark.parametrize("point", SWEEP)
def test_the_points_carry_each_other(
    point: Point, convolutions: Network, registry: Registry
) -> None:
    """Back to 1 V the errors are the inverse of those stated: at most 1 / 0.92 and 1 / 0.9."""
    asked = on(f"eyeriss/{point.vdd:g}V", scaler="alpha-power", node_nm=65, vdd=1.0)
    total = estimate(asked, registry, convolutions).totals["total"]
    assert 34.7 / total.inferences_per_s == pytest.approx(1, rel=1 / 0.92 - 1)
    assert total.energy_j == pytest.approx(4 * 0.278 / 34.7, rel=0.11)
