"""Which chips can hold a language model."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from fodlam_core import Config, DeferredAccelerator, NetworkConfig, Registry
from fodlam_core.analyses.holding import holding
from fodlam_core.analyses.ranking import rank
from fodlam_core.networks.reader import TokenOptions
from fodlam_core.networks.zoo import zoo_network
from fodlam_core.plugins import Plugin
from fodlam_core.plugins.registry import build_registry

GB = 1e9


@pytest.fixture(scope="module")
def chips(registry: Registry) -> Registry:
    """Chips of a library that differ in one thing each; loading any but ``good/b`` fails."""
    eie = attrs.evolve(registry.accelerator("eie"), default_for=(), most_weights=None)

    def load() -> Any:
        return attrs.evolve(
            eie, name="good/b", kinds=("fc", "matmul"), precision="bf16", memory_bytes=80 * GB
        )

    facts: dict[str, Any] = {"precision": "bf16", "memory_bytes": 80 * GB, "layers": 5}
    both = ("fc", "matmul")
    said = [
        ("good/a", both, facts | {"latency_error": 0.3}, ("good",)),
        ("good/b", both, facts | {"latency_error": 0.1}, ()),
        ("good/c", both, facts | {"provenance": "datasheet"}, ()),
        (
            "sheets/fp16",
            both,
            facts | {"provenance": "datasheet", "latency_error": 0.4},
            ("sheets",),
        ),
        ("sheets/fp32", both, facts | {"provenance": "datasheet", "latency_error": 0.2}, ()),
        ("small/a", both, facts | {"memory_bytes": 8 * GB}, ("small",)),
        ("unknown/a", both, facts | {"memory_bytes": None}, ("unknown",)),
        ("narrow/a", both, facts | {"precision": "int8"}, ("narrow",)),
        ("silent/a", both, facts | {"precision": "as the submitter chose"}, ("silent",)),
        ("whole/a", both, facts | {"layers": 0}, ("whole",)),
        ("products/a", ("fc",), facts, ("products",)),
        ("rate/a", both, facts | {"latency_is": "reciprocal throughput"}, ("rate",)),
    ]
    made = [
        DeferredAccelerator(name, kinds, load, name, aliases, facts=known)
        for name, kinds, known, aliases in said
    ]
    return build_registry([*registry.plugins, Plugin("more", {"fodlam_accelerators": tuple(made)})])


def held(chips: Registry, *names: str, best: bool = True, batch: int = 1) -> Any:
    """Return which of some chips hold Llama-3.1-8B."""
    network = zoo_network("Llama-3.1-8B", TokenOptions(context=1024))
    config = Config(NetworkConfig("Llama-3.1-8B", context=1024, batch=batch))
    return holding(network, config, chips, names, best=best)


def test_a_chip_stands_for_its_best_known_point(chips: Registry) -> None:
    """What was measured comes before a datasheet, and the least error first."""
    assert held(chips, "good/a").names == ["good/b"]
    assert held(chips, "good/a", best=False).names == ["good/a"]


def test_datasheets_are_not_told_apart_by_their_error(chips: Registry) -> None:
    """It is that of a number format, and a wider format is no better for a model at 16 bits."""
    assert held(chips, "sheets/fp32").names == ["sheets/fp16"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("small/a", "does not fit: it has 8 GB, and 16.2 GB are needed"),
        ("unknown/a", "the size of its memory is not known"),
        ("narrow/a", "stores weights as int8, not fp16"),
        ("silent/a", "its weight format is not known (as the submitter chose)"),
        ("whole/a", "knows whole networks only"),
        ("products/a", "serves no matmul layers"),
        ("rate/a", "what one step takes is not known: its latencies are one over a throughput"),
    ],
)
def test_others_say_why_not(name: str, why: str, chips: Registry) -> None:
    """A chip that cannot hold the model, or of which that is not known, says so."""
    assert held(chips, name) == ([], {name: why})


def test_a_larger_batch_needs_more(chips: Registry) -> None:
    """The cache of every sequence counts: 500 of 1024 keys take more than 80 GB."""
    assert "are needed" in held(chips, "good/a", batch=500).reasons["good/a"]


def test_rank_lists_both(chips: Registry) -> None:
    """A ranking has the chips that hold the model, and the others below with their reasons."""
    config = Config(NetworkConfig("Llama-3.1-8B", context=1024))
    ranking = rank(config, chips, ["good/a", "small/a", "eyeriss"], best=True)
    assert ["good/b"] == [each.name for each in ranking.ranked]
    reasons = {each.name: each.reason for each in ranking.others}
    assert reasons["small/a"].startswith("does not fit")
    assert reasons["eyeriss"] == "serves no fc and no matmul layers"
