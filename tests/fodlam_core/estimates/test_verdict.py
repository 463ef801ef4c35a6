"""What a result is worth."""

from __future__ import annotations

import attrs
import pytest

from fodlam_core import (
    Accelerator,
    Citation,
    Config,
    NetworkConfig,
    Reference,
    Registry,
    estimate,
)
from fodlam_core.config.asked import asked_config
from fodlam_core.estimates.verdict import FITS, Verdict, verdict


def worth(network: str, registry: Registry, *on: str, method: str = "auto") -> Verdict:
    """Return the verdict on a network on some chips."""
    config = asked_config(network, registry, [f'network.method="{method}"'], on)
    return verdict(estimate(config, registry))


@pytest.mark.parametrize(
    ("expected", "network", "chip"),
    [
        ("measured", "VGG16", "eyeriss"),
        ("published", "VGG16", "eie"),
        ("predicted", "ResNet-18", "eyeriss"),
    ],
)
def test_how_a_result_was_got(expected: str, network: str, chip: str, registry: Registry) -> None:
    """Silicon is measured, a layout that was simulated is published, the rest is predicted."""
    assert expected == worth(network, registry, chip).method


def test_the_interval_is_that_of_the_total(registry: Registry) -> None:
    """Where every layer has a cost it is the interval of the total, as `run` prints it."""
    made = estimate(Config(NetworkConfig("VGG16")), registry)

    assert made.totals["total"].interval == verdict(made).interval


def test_what_is_not_modelled_lowers_the_coverage(registry: Registry) -> None:
    """The interval is that of the rest, and the share of the MACs says how much that is."""
    found = worth("VGG16", registry, "eyeriss")

    assert 0.99 < found.coverage["latency"] < 1
    low, high = found.interval.latency_s
    assert low < 1.4365 < high


def test_doubts_are_told_in_words(registry: Registry) -> None:
    """What does not fit is said; without doubts it fits."""
    doubted, fine = worth("VGG16", registry, "eie"), worth("AlexNet", registry, "eyeriss")

    assert doubted.words.startswith("does not fit: ")
    assert [] == doubted.implausible
    assert FITS == fine.words
    assert set(fine.to_dict()) == {
        *("method", "interval", "coverage", "implausible", "verdict", "notes")
    }


def test_a_result_has_its_verdict(registry: Registry) -> None:
    """In Python and in JSON, in the words of a ranking."""
    found = estimate(Config(NetworkConfig("VGG16")), registry)

    assert found.verdict == verdict(found)
    record = found.to_dict()
    assert (record["method"], record["verdict"]) == (found.verdict.method, found.verdict.words)
    assert record["verdict"].startswith("does not fit: ")


def test_a_cost_of_several_chips_is_doubted(registry: Registry) -> None:
    """What eight of a chip cost together is told from the cost of one."""
    one = Accelerator(
        name="chip",
        title="Chip",
        kinds=["conv", "fc"],
        technology=None,
        citation=Citation("x", "X", "@misc{x}"),
        provenance="measured",
        references=[Reference("AlexNet", 1, 1e-3)],
    )
    for chip in (one, attrs.evolve(one, name="eight", chip_count=8)):
        registry = registry.with_accelerator(chip, "test")
    found = {name: worth("AlexNet", registry, name) for name in ("chip", "eight")}

    assert found["chip"].words == FITS
    assert found["eight"].words.startswith("several chips: the costs of eight are those of 8 chips")
