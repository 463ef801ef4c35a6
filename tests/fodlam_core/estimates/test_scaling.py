"""Scaling within an estimate: what is scaled, what is refused, and what is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from fodlam_core import (
    Config,
    ConfigError,
    Estimate,
    NetworkConfig,
    Registry,
    ScalingFactors,
    Technology,
    TechnologyConfig,
    estimate,
)
from fodlam_core.config import AcceleratorConfig, PointConfig


def vgg16(registry: Registry, eie: PointConfig | None = None, **technology: Any) -> Estimate:
    """Return the estimate of VGG-16 with a technology table."""
    settings = {"eie": AcceleratorConfig(technology=eie)} if eie else {}
    config = Config(
        NetworkConfig("VGG16"),
        TechnologyConfig(**{"node_nm": 65, "scaler": "dennard", **technology}),
        accelerator=settings,
    )
    return estimate(config, registry)


# VGG-16, fully-connected layers on EIE from 45 to 65 nm: native 51.5 us and 30.385 uJ.
FC_TOTALS = [
    ("none", {}, None, 51.5e-6, 30.385e-6),
    ("dennard", {}, None, 7.438888888888888e-05, 9.157180384087789e-05),
    ("constant-field", {}, None, 7.438888888888888e-05, 9.157180384087789e-05),
    ("post-dennard", {}, None, 51.5e-6 * 65 / 45, 30.385e-6 * 65 / 45),
    ("constant-voltage", {}, None, 51.5e-6 * 65 / 45, 30.385e-6 * 65 / 45),
    (
        "constant-voltage",
        {"options": {"model": "long-channel"}},
        None,
        51.5e-6 * (65 / 45) ** 2,
        30.385e-6 * 65 / 45,
    ),
    ("stillmaker", {"vdd": 1.0}, PointConfig(vdd=1.0, flavor="hp"), 89.8e-6, 47.0e-6),
    ("stillmaker", {"vdd": 1.1}, PointConfig(vdd=1.1, flavor="lp"), 22.8e-6, 42.1e-6),
]


@pytest.mark.parametrize(("scaler", "more", "eie", "latency_s", "energy_j"), FC_TOTALS)
def test_the_rule_decides_the_cost_of_the_fc_layers(
    scaler: str,
    more: dict[str, Any],
    eie: PointConfig | None,
    latency_s: float,
    energy_j: float,
    registry: Registry,
) -> None:
    """Each rule gives the totals of the fully-connected layers that its factors imply."""
    network = NetworkConfig("VGG16", layers=("FC6", "FC7", "FC8"))
    settings = {"eie": AcceleratorConfig(technology=eie)} if eie else {}
    config = Config(
        network, TechnologyConfig(**{"node_nm": 65, "scaler": scaler, **more}), accelerator=settings
    )
    total = estimate(config, registry).totals["fc"]
    tolerance = 2e-3 if scaler == "stillmaker" else 1e-12
    assert total.latency_s == pytest.approx(latency_s, rel=tolerance)
    assert total.energy_j == pytest.approx(energy_j, rel=tolerance)


def test_waiting_for_dram_is_not_scaled(registry: Registry) -> None:
    """Of Eyeriss's latency the part beyond processing stays; energy is power x total latency."""
    native, scaled = (vgg16(registry, scaler=name, node_nm=28) for name in ("none", "dennard"))
    waiting = 0
    for before, after in zip(native.layers, scaled.layers, strict=True):
        if before.layer.kind == "conv":
            assert before.basis is not None
            assert before.latency_s is not None
            offchip_s = before.basis.native.offchip_latency_s
            waiting += offchip_s > 0
            expected = (before.latency_s - offchip_s) * (28 / 65) + offchip_s
            assert after.latency_s == pytest.approx(expected, rel=1e-12)
            assert after.energy_j == pytest.approx(before.energy_j * (28 / 65) ** 3, rel=1e-12)
    assert waiting > 0
    assert any("DRAM is not scaled" in note for note in scaled.notes)


def test_a_held_clock_changes_energy_alone(registry: Registry) -> None:
    """With the clock held latency is as published and power moves with energy."""
    held = vgg16(registry, scaler="post-dennard", node_nm=28, clock="hold")
    free = vgg16(registry, scaler="post-dennard", node_nm=28)
    native = vgg16(registry, scaler="none", node_nm=28)
    assert held.totals["total"].latency_s == pytest.approx(
        native.totals["total"].latency_s, rel=1e-12
    )
    assert held.totals["total"].energy_j == free.totals["total"].energy_j
    assert held.platforms["eie"].factors.power == held.platforms["eie"].factors.energy


def test_a_rule_that_lacks_something_gets_the_lines_to_write(
    cli: Callable[..., Any], toml: Callable[[str], Path]
) -> None:
    """EIE states no vdd and no flavour: the error names the tables and keys; they cure it."""
    text = '[network]\nname = "VGG16"\n[technology]\nnode_nm = 65\nscaler = "stillmaker"\n'
    refused = cli("run", toml(text))
    assert refused.status == 1
    assert (
        'write [accelerator.eie.technology] vdd = ..., flavor = "hp" or "lp" and '
        "[technology] vdd = ..."
    ) in refused.err
    cured = text + 'vdd = 1.0\n[accelerator.eie.technology]\nvdd = 1.0\nflavor = "hp"\n'
    assert cli("run", toml(cured)).status == 0


def test_every_accelerator_that_is_refused_is_named(registry: Registry) -> None:
    """Where the rule refuses both accelerators, both are in the one error."""
    with pytest.raises(ConfigError) as caught:
        vgg16(registry, scaler="dark-silicon-itrs", node_nm=28)
    assert ["eyeriss" in str(each) for each in caught.value.problems] == [True, False]
    assert ["eie" in str(each) for each in caught.value.problems] == [False, True]


def test_what_the_target_leaves_open_is_as_the_accelerators_own(registry: Registry) -> None:
    """At its own node an accelerator keeps its vdd and flavour, and its factors are exactly 1."""
    platform = vgg16(registry).platforms["eyeriss"]
    assert platform.target == platform.source == Technology(65, 1.0, "lp")
    assert (platform.factors.time, platform.factors.energy) == (1.0, 1.0)


def test_inputs_without_effect_are_in_the_notes(registry: Registry) -> None:
    """A vdd given to a rule that does not use it is said; the accelerator's own vdd is not."""
    text = "given without effect: vdd, which dennard does not use"
    assert text in vgg16(registry, vdd=0.9).notes
    assert not any("without effect" in note for note in vgg16(registry, node_nm=28).notes)


def test_the_rule_is_asked_once_for_each_accelerator(registry: Registry) -> None:
    """However many layers and batches there are, the factors are computed once."""
    calls = []

    class Counting:
        name = "counting"

        def factors(self, source: Technology, target: Technology) -> ScalingFactors:
            calls.append((source, target))
            return ScalingFactors(2.0, 3.0)

    items = {**registry.items, ("rule", "counting"): Counting()}
    config = Config(NetworkConfig("VGG16"), TechnologyConfig(node_nm=28, scaler="counting"))
    from fodlam_core import prepare

    composer = prepare(config, registry._replace(items=items))
    assert len(composer.estimate(1).layers) == len(composer.estimate(64).layers) == 16
    assert len(calls) == 2


def test_the_estimate_names_rule_points_and_factors(registry: Registry) -> None:
    """The record of each accelerator has the rule's own name, both points and four factors."""
    record = vgg16(registry, scaler="leakage-limited", node_nm=28).to_dict()
    eie = record["accelerators"]["eie"]
    assert eie["scaler"] == "post-dennard"
    assert eie["source"] == {"node_nm": 45, "vdd": None, "flavor": None}
    assert eie["target"] == {"node_nm": 28, "vdd": None, "flavor": None}
    assert set(eie["factors"]) == {"time", "energy", "power", "area"}
    assert record["technology"]["options"] == {}


def test_a_rule_that_cannot_be_configured_is_an_error(registry: Registry) -> None:
    """Whatever a foreign rule raises over its options, a FodlamError names rule and table."""

    @attrs.frozen
    class Options:
        power: int = 3

    class Picky:
        name = "picky"
        options = Options

        def configure(self, options: Options) -> Picky:
            raise KeyError(options.power)

        def factors(self, source: Technology, target: Technology) -> ScalingFactors:
            return ScalingFactors(1.0, 1.0)

    items = {**registry.items, ("rule", "picky"): Picky()}
    with pytest.raises(ConfigError, match=r"\[technology.options\]: picky fails: KeyError\(3\)"):
        vgg16(registry._replace(items=items), scaler="picky")
