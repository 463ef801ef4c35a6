"""The confusion table of the guard: planted faults that it finds, and published rows it leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from fodlam_core import (
    Accelerator,
    Config,
    Measurement,
    NetworkConfig,
    Registry,
    Technology,
    estimate,
)

Fault = Callable[[Accelerator], Accelerator]


def rows(**factors: float) -> Fault:
    """Return a fault that multiplies fields of every row."""

    def plant(chip: Accelerator) -> Accelerator:
        return attrs.evolve(chip, measurements=[wrong(each) for each in chip.measurements])

    def wrong(row: Measurement) -> Measurement:
        changes: dict[str, Any] = {
            name: getattr(row, name) * factor for name, factor in factors.items()
        }
        return attrs.evolve(row, **changes)

    return plant


def chip_with(**changes: Any) -> Fault:
    """Return a fault of the header."""
    return lambda chip: attrs.evolve(chip, **changes)


# Fault, and how many of the 24 published layers of AlexNet and VGG-16 are flagged under it.
PLANTED: dict[str, tuple[Fault, int]] = {
    "nothing": (chip_with(), 0),
    "latency in ms read as us": (rows(latency_s=1e-3, offchip_latency_s=1e-3, energy_j=1e-3), 24),
    "latency in ms read as s": (rows(latency_s=1e3, offchip_latency_s=1e3, energy_j=1e3), 22),
    "power in mW read as W": (rows(power_w=1e3, energy_j=1e3), 24),
    "power in mW read as uW": (rows(power_w=1e-3, energy_j=1e-3), 24),
    "energy of a batch divided by it twice": (rows(energy_j=0.25), 0),
    "latency of one image taken for the batch": (rows(latency_s=0.25, offchip_latency_s=0.25), 20),
    "supply of 10 V": (chip_with(technology=Technology(65, 10.0)), 24),
    "node of 1 um": (chip_with(technology=Technology(1000)), 0),
}


def flagged(registry: Registry, plant: Fault) -> tuple[int, int]:
    """Return how many published layers are flagged with a fault in both chips, and of how many."""
    items = dict(registry.items)
    for name in ("eyeriss", "eie"):
        items["accelerator", name] = plant(registry.accelerator(name))
    found = total = 0
    for network in ("AlexNet", "VGG16"):
        result = estimate(Config(NetworkConfig(network)), registry._replace(items=items))
        layers = result.to_dict()["layers"]
        total += len(layers)
        found += sum(bool(each["implausible"]) for each in layers)
    return found, total


@pytest.mark.parametrize("name", PLANTED)
def test_confusion_table(name: str, registry: Registry) -> None:
    """Each planted fault is found in as many layers as the page on numbers says."""
    plant, expected = PLANTED[name]
    assert flagged(registry, plant) == (expected, 24)


@pytest.mark.parametrize("covers", ["board", "system", "wall", ""])
def test_what_is_off_the_chip_has_no_upper_bound(covers: str, registry: Registry) -> None:
    """A board that takes 100 W for a small network is not an implausible chip."""
    plant = rows(power_w=100.0)
    chip = attrs.evolve(plant(registry.accelerator("eyeriss")), energy_covers=covers, area_mm2=None)
    items = {**registry.items, ("accelerator", "eyeriss"): chip}
    result = estimate(Config(NetworkConfig("AlexNet")), registry._replace(items=items))
    found = [doubt["what"] for each in result.to_dict()["layers"] for doubt in each["implausible"]]
    assert "energy per MAC too high" not in found


def test_libraries_may_beat_a_datasheet(registry: Registry) -> None:
    """A GPU may do 3x3 layers faster than its peak; a chip with a fixed dataflow may not."""
    quick = rows(latency_s=0.25, offchip_latency_s=0.25)(registry.accelerator("eyeriss"))
    found = {}
    for device in ("gpu", "asic"):
        items = {**registry.items, ("accelerator", "eyeriss"): attrs.evolve(quick, device=device)}
        layers = estimate(Config(NetworkConfig("VGG16")), registry._replace(items=items)).to_dict()
        found[device] = sum(bool(each["implausible"]) for each in layers["layers"])
    assert found["gpu"] == 0 < found["asic"]
