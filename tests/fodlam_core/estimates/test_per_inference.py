"""What one inference costs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest

from fodlam_core import Registry, estimate
from fodlam_core.config.asked import asked_config
from fodlam_core.estimates.per_inference import per_inference
from fodlam_core.model.quantities import Amounts
from fodlam_core.plugins.registry import build_registry


def test_printed_costs_are_divided_by_their_batch(examples: Path, registry: Registry) -> None:
    """Of VGG-16 as printed, for batches of 3 and 1, one image costs what batch = 1 gives."""
    printed = estimate(examples / "vgg16.toml", registry)
    one = estimate(examples / "vgg16-per-image.toml", registry).totals["total"]

    found = per_inference(printed)

    assert found.latency_s == pytest.approx(one.latency_s, rel=1e-12)
    assert found.energy_j == pytest.approx(one.energy_j, rel=1e-12)
    assert found._asdict() == printed.to_dict()["per_inference"]


def test_of_a_batch_it_is_the_share(registry: Registry) -> None:
    """Of a batch that is asked for it is one of its inferences."""
    made = estimate(asked_config("VGG16", registry, ["network.batch=4"]), registry)

    assert per_inference(made).latency_s == pytest.approx(made.totals["total"].latency_s / 4)


def test_a_part_is_not_an_inference(registry: Registry) -> None:
    """Where layers are not modelled nobody knows what the whole costs."""
    made = estimate(asked_config("VGG16", registry, (), ["eyeriss"]), registry)

    assert Amounts() == per_inference(made)


@pytest.mark.parametrize("batch", ['"published"', "1", "4"])
def test_a_metric_that_a_layer_lacks_is_not_known(batch: str, registry: Registry) -> None:
    """Where three layers run on a chip without energies, latency is known and energy is not."""
    eie = registry.accelerator("eie")
    rows = [attrs.evolve(row, power_w=None, energy_j=None) for row in eie.measurements]
    chip = attrs.evolve(eie, measurements=tuple(rows))
    plugins = [
        each._replace(provided={"fodlam_accelerators": (chip,)}) if each.name == "eie" else each
        for each in registry.plugins
    ]
    asked = asked_config("VGG16", registry, [f"network.batch={batch}"])
    whole = per_inference(estimate(asked, registry))

    made = estimate(asked, build_registry(plugins))

    assert made.totals["total"].energy_j is not None
    assert per_inference(made).energy_j is None
    assert per_inference(made).latency_s == pytest.approx(whole.latency_s, rel=1e-12)


def test_the_first_command_tells_it(cli: Any, examples: Path) -> None:
    """`run examples/vgg16.toml` prints FODLAM's total, and below it the cost of one image."""
    out = cli("run", examples / "vgg16.toml").out

    assert "4.309 s" in out
    assert "divided by the batch it was measured with: 1.437 s, 338.8 mJ" in out
