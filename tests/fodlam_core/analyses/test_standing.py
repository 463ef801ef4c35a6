"""Which of its operating points a chip stands for."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from fodlam_core import (
    Accelerator,
    Citation,
    Config,
    DeferredAccelerator,
    Layer,
    Measurement,
    Network,
    NetworkConfig,
    Registry,
    named_predictors,
)
from fodlam_core.analyses.ranking import rank
from fodlam_core.analyses.standing import on_point, standing
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.registry import build_registry

NETWORK = Network(
    "small",
    [Layer("c1", "conv", 600), Layer("c2", "conv", 300), Layer("f", "fc", 100)],
    measured_as="small",
)
CONFIG = Config(NetworkConfig("VGG16"))
BOTH = ("conv", "fc")


@pytest.fixture
def loads() -> list[str]:
    """The names of the points that were loaded."""
    return []


@pytest.fixture
def chips(registry: Registry, loads: list[str]) -> Registry:
    """Chips of a library, each with a default point that serves fc layers alone."""
    rows = [
        Measurement("other", Layer(f"{kind}{macs}", kind, macs), 1, macs * 1e-9)
        for kind in BOTH
        for macs in (100, 200, 400)
    ]

    def library() -> Any:
        for chip in ("good", "poor"):
            yield f"{chip}/products", ("fc",), (chip,), None
        yield "good/other", BOTH, (), None
        yield "good/named", BOTH, (), "big".__eq__
        yield "good/last", BOTH, (), None
        yield "whole/named", BOTH, ("whole",), "big".__eq__

    def deferred(name: str, kinds: tuple[str, ...], aliases: tuple[str, ...], knows: Any) -> Any:
        def load() -> Any:
            loads.append(name)
            return Accelerator(
                name,
                name,
                kinds,
                technology=None,
                citation=Citation("key", "text", ""),
                provenance="measured",
                measurements=[row for row in rows if row.layer.kind in kinds],
                predictors=named_predictors(["per-mac"]),
            )

        return DeferredAccelerator(name, kinds, load, name, aliases, knows=knows)

    made = tuple(deferred(*each) for each in library())
    return build_registry([*registry.plugins, Plugin("more", {"fodlam_accelerators": made})])


def test_the_first_point_that_models_enough(chips: Registry, loads: list[str]) -> None:
    """It stands for the chip, and says so; no point that models less is loaded, nor any later."""
    found = standing(CONFIG, chips, NETWORK, "good")

    assert ("good/other", ["good/other"]) == (found.name, loads)
    assert found.estimate is not None
    note = (
        "good is taken at good/other: its default point, good/products, models 10.0 % of the MACs"
    )
    assert found.estimate.notes[0] == f"{note} of small"
    assert found.worth is not None
    assert found.worth.notes[0] == found.estimate.notes[0]


def test_the_default_point_where_no_other_models_more(chips: Registry) -> None:
    """A chip with nothing better is known by its default point, and notes nothing."""
    found = standing(CONFIG, chips, NETWORK, "poor")

    assert found.name == "poor/products"
    assert found.share("latency") == pytest.approx(0.1)
    assert found.estimate is not None
    assert not any("is taken at" in note for note in found.estimate.notes)


def test_the_default_point_where_it_serves(chips: Registry) -> None:
    """A default point that models enough stands for its chip, whatever others model."""
    products = Network("products", [Layer("f", "fc", 100)])

    assert standing(CONFIG, chips, products, "good").name == "good/products"


def test_a_point_of_whole_networks_is_not_loaded(chips: Registry, loads: list[str]) -> None:
    """What knows other networks only refuses at once."""
    found = on_point(CONFIG, chips, NETWORK, "whole/named")

    assert found.estimate is None
    assert found.reason == "nothing was measured on it, and too little is known to predict a layer"
    unnamed = attrs.evolve(NETWORK, measured_as=None, name="big")
    assert on_point(CONFIG, chips, unnamed, "whole/named").estimate is None
    assert loads == []


def test_a_ranking_has_the_same_points(chips: Registry) -> None:
    """A ranking of chips has the points that they stand for; one of points has just those."""
    names = ["good/products", "poor/products"]
    by_chip = rank(CONFIG, chips, names, network=NETWORK, best=True)
    by_point = rank(CONFIG, chips, names, network=NETWORK)

    assert ["good/other"] == [each.name for each in by_chip.ranked]
    assert ["poor/products"] == [each.name for each in by_chip.others]
    assert names == [each.name for each in by_point.others]


def test_a_latency_stands_before_a_throughput(registry: Registry) -> None:
    """A chip whose default point is a throughput stands for its first latency, and says so."""
    rate, latency = (
        DeferredAccelerator(
            f"chip/{name}",
            BOTH,
            lambda name=name, latency_is=latency_is: Accelerator(
                f"chip/{name}",
                name,
                BOTH,
                technology=None,
                citation=Citation("key", "text", ""),
                provenance="measured",
                latency_is=latency_is,
                measurements=[Measurement("small", each, 1, 1.0) for each in NETWORK.layers],
            ),
            name,
            aliases,
            facts={"latency_is": latency_is},
        )
        for name, latency_is, aliases in (
            ("offline", "reciprocal throughput", ("chip",)),
            ("single", "inference", ()),
        )
    )
    chips = build_registry(
        [*registry.plugins, Plugin("m", {"fodlam_accelerators": (rate, latency)})]
    )

    found = standing(CONFIG, chips, NETWORK, "chip")

    assert "chip/single" == found.name
    assert found.estimate is not None
    assert (
        "chip is taken at chip/single: its default point, chip/offline, is a throughput, not a "
        "latency"
    ) in found.estimate.notes
    order = rank(CONFIG, chips, ["chip/offline", "chip/single"], network=NETWORK)
    assert ["chip/single", "chip/offline"] == [each.name for each in order.ranked]
    assert [True, None] == [order.overlaps(each) for each in order.ranked]
