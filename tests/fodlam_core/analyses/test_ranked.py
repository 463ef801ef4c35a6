"""What a network costs on one chip."""

from __future__ import annotations

import math

import pytest

from fodlam_core import Config, NetworkConfig, Registry
from fodlam_core.analyses.ranked import Ranked
from fodlam_core.analyses.standing import on_point
from fodlam_core.networks.zoo import zoo_network


@pytest.fixture(scope="module")
def eyeriss(registry: Registry) -> Ranked:
    """ResNet-18 on Eyeriss, which predicts it."""
    return on_point(
        Config(NetworkConfig("ResNet-18")), registry, zoo_network("ResNet-18"), "eyeriss"
    )


def test_the_product_of_latency_and_energy_has_bounds(eyeriss: Ranked) -> None:
    """They are the products of the ends."""
    latency, energy = eyeriss.interval.latency_s, eyeriss.interval.energy_j
    assert latency is not None
    assert energy is not None

    assert eyeriss.bounds("edp") == (latency[0] * energy[0], latency[1] * energy[1])
    assert eyeriss.width("latency") == latency[1] / latency[0]
    assert eyeriss.share_for("edp") == min(eyeriss.share("latency"), eyeriss.share("energy"))


def test_a_note_is_told_by_estimate_and_verdict(eyeriss: Ranked) -> None:
    """A note stands first, and nothing else changes."""
    noted = eyeriss.noting("told")

    assert noted.to_dict()["notes"] == ["told", *eyeriss.to_dict()["notes"]]
    assert noted.estimate is not None
    assert noted.estimate.notes[0] == "told"
    assert noted.to_dict() | {"notes": []} == eyeriss.to_dict() | {"notes": []}


def test_a_refusal_knows_nothing() -> None:
    """It has no cost, no share and no end, and its reason is the verdict."""
    refused = Ranked("chip", None, "no reason")

    assert (refused.latency_s, refused.share_for("edp")) == (None, 0.0)
    assert (refused.ends("energy"), refused.width("latency")) == (None, math.inf)
    assert refused.to_dict()["verdict"] == "no reason"
