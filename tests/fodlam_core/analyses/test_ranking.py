"""Chips in order of what a network costs on each."""

from __future__ import annotations

import attrs
import pytest

from fodlam_core import (
    Accelerator,
    Citation,
    Config,
    CrossValidated,
    Layer,
    Network,
    NetworkConfig,
    Registry,
    named_predictors,
)
from fodlam_core.analyses.ranking import rank
from fodlam_core.model.costs import Cost
from fodlam_core.model.memory_pass import MemoryPass
from fodlam_core.model.pass_measurement import PassMeasurement
from fodlam_core.networks.zoo import zoo_network
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.registry import build_registry


@pytest.fixture(scope="module")
def chips(registry: Registry) -> Registry:
    """The registry with chips like Eyeriss that take twice and four times its time."""
    eyeriss = registry.accelerator("eyeriss")
    more = []
    for name, factor in (("slow", 2), ("slower", 4)):
        rows = [attrs.evolve(row, latency_s=factor * row.latency_s) for row in eyeriss.measurements]
        more.append(attrs.evolve(eyeriss, name=name, measurements=rows, default_for=()))
    return build_registry([*registry.plugins, Plugin("more", {"fodlam_accelerators": tuple(more)})])


def convolutions() -> Config:
    """Return a configuration of a network that Eyeriss serves in full."""
    return Config(NetworkConfig("ResNet-18"))


def test_chips_are_sorted_by_latency(chips: Registry) -> None:
    """The fastest chip stands first, and each result is that of the chip alone."""
    ranking = rank(convolutions(), chips, ["slower", "eyeriss", "slow"])

    assert ["eyeriss", "slow", "slower"] == [each.name for each in ranking.ranked]
    assert all(list(each.estimate.platforms) == [each.name] for each in ranking.ranked)
    latencies = [each.latency_s for each in ranking.ranked]
    assert sorted(latencies) == latencies


def test_chips_that_model_less_stand_below(chips: Registry) -> None:
    """A chip with less than 95 % of the MACs is not ranked, and says its coverage."""
    ranking = rank(convolutions(), chips, ["eie", "eyeriss"])

    assert ["eyeriss"] == [each.name for each in ranking.ranked]
    [eie] = ranking.others
    assert eie.share("latency") < 0.95
    assert [1, None] == [row["rank"] for row in ranking.to_rows()]


def test_layers_are_not_lent_to_another_chip(chips: Registry) -> None:
    """A kind that the chip does not serve is not modelled, though another chip serves it."""
    [eyeriss] = rank(Config(NetworkConfig("VGG16")), chips, ["eyeriss"]).ranked

    assert {"eyeriss", None} == {each.accelerator for each in eyeriss.estimate.layers}


def test_a_chip_without_any_layer_says_why(chips: Registry) -> None:
    """A chip that serves no kind of the network is listed with the kinds that it serves."""
    network = Network("only-fc", [Layer("f", "fc", 10)])
    assert network.total_macs == 10
    [eyeriss] = rank(Config(NetworkConfig("NeuralTalk")), chips, ["eyeriss"]).others

    assert "serves conv, and no layer of the network is of these" in eyeriss.verdict


def test_energy_is_a_sort_of_its_own(chips: Registry) -> None:
    """Chips are sorted by what is asked for, and rows are plain values."""
    ranking = rank(convolutions(), chips, ["slow", "eyeriss"], "energy")

    energies = [row["energy_j"] for row in ranking.to_dict()["rows"]]
    assert sorted(energies) == energies
    assert {"name", "interval", "coverage", "verdict"} <= set(ranking.records()[0])
    assert {"name", "energy_low_j", "energy_macs_share"} <= set(ranking.to_rows()[0])


def test_operators_that_only_some_chips_charge_are_a_doubt(chips: Registry) -> None:
    """Where one chip charges operators, another that has them for free is not like for like."""
    eyeriss = chips.accelerator("eyeriss")
    passes = [
        PassMeasurement(MemoryPass("Add", n, n), 1, Cost(1e-9 * n, None)) for n in (10, 100, 1000)
    ]
    charging = attrs.evolve(eyeriss, name="charging", operators=passes, default_for=())
    more = build_registry([*chips.plugins, Plugin("ops", {"fodlam_accelerators": (charging,)})])
    network = attrs.evolve(
        zoo_network("ResNet-18"), memory_passes=(MemoryPass("Add", 100, 100, count=8),)
    )

    both = rank(convolutions(), more, ["charging", "eyeriss"], network=network)
    alone = rank(convolutions(), more, ["eyeriss"], network=network)

    verdicts = {row["name"]: row["verdict"] for row in both.records()}
    assert "not like for like: 8 operators without MACs are free here" in verdicts["eyeriss"]
    assert "not like for like" not in verdicts["charging"] + alone.records()[0]["verdict"]


def test_chips_that_cannot_be_told_apart_are_marked(chips: Registry) -> None:
    """Intervals of 34 to 58 % overlap at a factor of two; the last chip, at four, is apart."""
    ranking = rank(convolutions(), chips, ["slower", "eyeriss", "slow"])

    assert ["eyeriss", "slow"] == ranking.indistinct
    assert [True, True, False] == [row["overlaps_with_best"] for row in ranking.to_rows()]
    by_error = rank(convolutions(), chips, ["eyeriss", "slow"], "error")
    assert [] == by_error.indistinct


def test_the_product_needs_both(chips: Registry) -> None:
    """Chips are sorted by latency times energy only where both are known of enough."""
    ranking = rank(convolutions(), chips, ["slow", "eyeriss", "eie"], "edp")

    products = [each.latency_s * each.energy_j for each in ranking.ranked]
    assert sorted(products) == products
    assert ["eyeriss", "slow"] == ranking.indistinct
    low, high = ranking.ranked[0].bounds("edp")
    assert low < products[0] < high


@pytest.fixture(scope="module")
def sheets(registry: Registry) -> Registry:
    """The registry with a datasheet alone, and one of which chips tell how far off it is."""
    options = {"peak_macs_per_s": 1e15, "bandwidth_bytes_per_s": 1e12}
    bare = Accelerator(
        *("bare", "a datasheet", ("conv", "fc"), None),
        Citation("key", "text", ""),
        "datasheet",
        predictors=named_predictors(["roofline"], {"roofline": options}),
    )
    known = CrossValidated("leave-chips-out", 10, 100, 0.7, 0.3, 0.2)
    errors = {"roofline": {"latency": known}}
    compared = attrs.evolve(bare, name="compared", cross_validated=errors)
    return build_registry(
        [*registry.plugins, Plugin("m", {"fodlam_accelerators": (bare, compared)})]
    )


def test_a_datasheet_alone_is_not_ranked(sheets: Registry) -> None:
    """Peaks that nothing was compared with never lead a ranking; others are marked."""
    ranking = rank(convolutions(), sheets, ["bare", "eyeriss", "compared"])

    assert ["compared", "eyeriss"] == [each.name for each in ranking.ranked]
    [bare] = ranking.others
    assert (bare.name, bare.share("latency")) == ("bare", 1.0)
    assert bare.latency_s == ranking.ranked[0].latency_s
    for each in (bare, ranking.ranked[0]):
        doubt = f"datasheet: nothing was measured on {each.name}, and programs do not reach"
        assert each.verdict.startswith(doubt)
    [told] = [b for b in ranking.document().blocks if getattr(b, "title", "") == "Not ranked"]
    assert "bare: " in told.items[0]
    assert "how far off that is, is not known" in told.items[0]
