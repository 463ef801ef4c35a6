"""Published costs of whole networks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from fodlam_core import (
    Accelerator,
    Citation,
    Config,
    ConfigError,
    NetworkConfig,
    PluginError,
    Registry,
    Technology,
    TechnologyConfig,
    estimate,
    named_predictors,
)
from fodlam_core.estimates.operators import passes_free
from fodlam_core.model.costs import Cost
from fodlam_core.model.memory_pass import MemoryPass
from fodlam_core.model.pass_measurement import PassMeasurement
from fodlam_core.model.whole_network import Reference
from fodlam_core.networks.zoo import zoo_network
from fodlam_core.report.report import as_json

ALEXNET_MACS = 724_406_816


def chip(*references: Reference, **changes: Any) -> Accelerator:
    """Return an accelerator that is known by whole networks only."""
    fields: dict[str, Any] = {
        "name": "whole",
        "title": "whole networks only",
        "kinds": ["conv", "fc"],
        "technology": Technology(65),
        "citation": Citation("doe", "J. Doe", "@misc{doe}"),
        "provenance": "projected",
        "references": references,
    }
    return Accelerator(**{**fields, **changes})


def run(registry: Registry, accelerator: Accelerator, **network: Any) -> Any:
    """Estimate AlexNet on the accelerator alone."""
    config = Config(
        NetworkConfig(**{"name": "AlexNet", **network}),
        TechnologyConfig(node_nm=network.pop("node_nm", 65)),
        dispatch={"conv": accelerator.name, "fc": accelerator.name},
    )
    return estimate(config, registry.with_accelerator(accelerator, "chip.toml"))


def test_answers_for_that_network_exactly(registry: Registry) -> None:
    """The total is the published cost; no layer has one."""
    result = run(registry, chip(Reference("AlexNet", 1, 0.02, 0.005)))
    total = result.totals["total"]

    assert (total.latency_s, total.energy_j, total.power_w) == (0.02, 0.005, 0.25)
    assert total.inferences_per_s == 50
    assert total.gmacs_per_s == pytest.approx(ALEXNET_MACS / 0.02 / 1e9)
    assert {each.latency_s for each in result.layers} == {None}
    assert result.totals["conv"].latency_s is None
    assert result.accelerators["whole"].energy_j == 0.005
    assert any("published for the whole network" in note for note in result.notes)
    assert not any("missing from latency" in note for note in result.notes)


@pytest.mark.parametrize(("batch", "latency_s"), [(1, 0.01), (4, 0.04), ("published", 0.04)])
def test_is_linear_in_the_batch(registry: Registry, batch: Any, latency_s: float) -> None:
    """The cost of a batch is shared by its inferences, or stands as printed."""
    result = run(registry, chip(Reference("AlexNet", 4, 0.04)), batch=batch)

    assert result.totals["total"].latency_s == latency_s
    assert result.totals["total"].energy_j is None


@pytest.mark.parametrize(
    ("predictors", "told"),
    [
        ((), "the cost is that of the whole network"),
        (("linear",), "predictions are fitted to costs of whole networks"),
    ],
)
def test_operators_are_included(registry: Registry, predictors: tuple[str, ...], told: str) -> None:
    """What was measured of networks, or is fitted to that, includes operators, and says so."""
    networks = {
        each.name: each
        for each in map(zoo_network, ("VGG16", "ResNet-18", "GoogLeNet", "ResNet-50-v1"))
    }
    known = networks if predictors else {"AlexNet": 1}
    references = [Reference(name, 1, 0.01) for name in known]
    made = chip(*references, predictors=named_predictors(predictors), networks=networks)

    result = run(registry, made)

    [note] = [note for note in result.notes if "without MACs" in note]
    assert note.endswith(f"operators without MACs (pooling, activation ...) included: {told}")
    assert passes_free(result) == 0


def test_operators_are_not_charged_twice(registry: Registry) -> None:
    """A table of operators adds nothing to predictions that are fitted to whole networks."""
    networks = {name: zoo_network(name) for name in ("VGG16", "ResNet-18", "GoogLeNet")}
    passes = [PassMeasurement(MemoryPass("Add", n, n), 1, Cost(1e-9 * n, None)) for n in (1, 9, 99)]
    made = chip(
        *(Reference(name, 1, 0.01) for name in networks),
        predictors=named_predictors(["linear"]),
        networks=networks,
        operators=passes,
    )
    config = Config(NetworkConfig("AlexNet"), dispatch={"conv": "whole", "fc": "whole"})
    network = attrs.evolve(zoo_network("AlexNet"), memory_passes=(MemoryPass("Add", 50, 50),))

    result = estimate(config, registry.with_accelerator(made, "chip.toml"), network)

    assert result.to_dict()["operators"] is None
    assert any("included: predictions are fitted" in note for note in result.notes)


def test_the_record_has_it(registry: Registry) -> None:
    """JSON has the figures as asked for and as published, and is valid without energy."""
    result = run(registry, chip(Reference("AlexNet", 4, 0.04, where="Table 1")))

    assert result.to_dict()["references"] == [
        {
            "accelerator": "whole",
            "network": "AlexNet",
            "inferences": 1,
            "latency_s": 0.01,
            "energy_j": None,
            "measured_batch": 4,
            "native_latency_s": 0.04,
            "native_energy_j": None,
            "where": "Table 1",
            "citation": "doe",
            "implausible": [],
            "steps": [
                {
                    "quantity": "latency",
                    "text": "Table 1, all of AlexNet: 40 ms, for 4 inferences",
                    "value": 0.04,
                    "unit": "s",
                },
                {
                    "quantity": "latency",
                    "text": "1 inference: 40 ms / 4 x 1 = 10 ms",
                    "value": 0.01,
                    "unit": "s",
                },
                {
                    "quantity": "result",
                    "text": "latency 10 ms, energy -",
                    "value": 0.01,
                    "unit": "s",
                },
            ],
        }
    ]
    assert as_json(result.to_dict())


def test_is_shown_beside_the_layers(registry: Registry) -> None:
    """Where layers are known as well, the total stays theirs and the reference stands beside."""
    [eyeriss] = [each for each in registry.accelerators if each.name == "eyeriss"]
    from attrs import evolve

    both = evolve(eyeriss, name="both", references=(Reference("AlexNet", 1, 1.0),))
    config = Config(NetworkConfig("AlexNet"), dispatch={"conv": "both"})
    plain = estimate(Config(NetworkConfig("AlexNet")), registry)
    result = estimate(config, registry.with_accelerator(both, "chip.toml"))

    assert result.totals == plain.totals
    assert [each.latency_s for each in result.references] == [1.0]
    assert plain.references == ()
    assert "Published for all of AlexNet on both: 1 s (measured batch 1)" in result._repr_html_()


def test_is_scaled_to_the_target(registry: Registry) -> None:
    """A reference goes to another node by the same factors as a layer."""
    config = Config(
        NetworkConfig("AlexNet"),
        TechnologyConfig(node_nm=130, scaler="dennard"),
        dispatch={"conv": "whole", "fc": "whole"},
    )
    accelerator = chip(Reference("AlexNet", 1, 1.0, 1.0))
    total = estimate(config, registry.with_accelerator(accelerator, "x")).totals["total"]

    assert (total.latency_s, total.energy_j) == (2.0, 8.0)


@pytest.mark.parametrize(
    ("reference", "network", "text"),
    [
        (Reference("VGG16", 1, 1.0), {}, "AlexNet with 724406816 MACs is not one of them"),
        (Reference("AlexNet", 1, 1.0, macs=5), {}, "is not one of them"),
        (Reference("AlexNet", 1, 1.0), {"layers": ("FC6",)}, "leave layers out"),
        (Reference("AlexNet", 1, 1.0), {"method": "predicted"}, 'write method = "auto"'),
    ],
)
def test_is_never_spread_over_layers(
    registry: Registry, reference: Reference, network: dict[str, Any], text: str
) -> None:
    """Whatever is not that very network as a whole is refused, saying what to write."""
    with pytest.raises(ConfigError, match=text):
        run(registry, chip(reference), **network)


def test_is_not_mixed_with_layers(registry: Registry) -> None:
    """An accelerator for whole networks cannot share a network with another."""
    config = Config(NetworkConfig("AlexNet"), dispatch={"conv": "whole"})
    extended = registry.with_accelerator(chip(Reference("AlexNet", 1, 1.0)), "x")

    with pytest.raises(ConfigError, match="give it every kind, not some to eie"):
        estimate(config, extended)


def test_is_taken_only_by_name(registry: Registry) -> None:
    """It serves no kind of layer on its own, not even one that nothing else serves."""
    accelerator = chip(Reference("AlexNet", 1, 1.0), default_for=["conv"])
    result = estimate(Config(NetworkConfig("AlexNet")), registry.with_accelerator(accelerator, "x"))

    assert "whole" not in result.platforms


def test_several_batches_are_ambiguous(registry: Registry) -> None:
    """Of several batches the one asked for answers; if none is, they are named."""
    accelerator = chip(Reference("AlexNet", 2, 1.0), Reference("AlexNet", 8, 3.0))

    assert run(registry, accelerator, batch=8).totals["total"].latency_s == 3.0
    with pytest.raises(ConfigError, match=r"for the batches 2, 8; write one of them"):
        run(registry, accelerator)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({}, "neither latency nor energy is known"),
        ({"batch": 0, "latency_s": 1.0}, "batch is 0; give a whole number of at least 1"),
        ({"latency_s": -1.0}, "latency_s is -1.0; give a positive, finite number"),
        ({"energy_j": float("nan")}, "energy_j is nan; give"),
        ({"energy_j": 10**400}, "energy_j is 1000"),
        ({"latency_s": 1.0, "macs": 0}, "macs is 0; give"),
        ({"network": 3, "latency_s": 1.0}, "network is 3; give a string"),
    ],
)
def test_wrong_references_say_why(values: dict[str, Any], problem: str) -> None:
    """Each impossible figure is named."""
    with pytest.raises(PluginError) as caught:
        Reference(**{"network": "x", **values})

    assert problem in str(caught.value)


HEADER = """
name = "whole"
title = "Whole"
kinds = ["conv", "fc"]
provenance = "measured"
technology = { node_nm = 65 }
citation = { key = "doe", text = "J. Doe", bibtex = "@misc{doe}" }
"""


def test_from_a_data_file(toml: Callable[..., Path], cli: Any) -> None:
    """A data file may have references alone, in printed units, and be named by a configuration."""
    references = '[[references]]\nnetwork = "AlexNet"\nbatch = 2\nlatency_ms = 30\nenergy_mj = 8\n'
    toml(HEADER + references, "whole.toml")
    config = toml(
        '[network]\nname = "AlexNet"\n[dispatch]\nconv = "whole"\nfc = "whole"\n'
        '[accelerator.whole]\nfile = "whole.toml"\n'
    )
    total = estimate(config).totals["total"]
    shown = cli("run", config)

    assert (total.latency_s, total.energy_j) == (0.015, 0.004)
    assert "the totals lack the cost" not in shown.out
    assert "Published for all of AlexNet on whole: 15 ms, 4 mJ (measured batch 2)" in shown.out
