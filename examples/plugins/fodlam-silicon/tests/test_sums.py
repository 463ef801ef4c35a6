"""Networks of which only sums over their layers are kept."""

from __future__ import annotations

import csv
from collections import Counter

import pytest
import timm_networks
from fodlam_silicon import sums
from fodlam_silicon.catalogue import HERE
from fodlam_silicon.networks import Library, families_of, names, network
from tables import TIMM_BUILT_IN

from fodlam_core import Network

WHOLE = sorted(name for name in names() if name.startswith(sums.PREFIX))


def printed() -> dict[str, dict[str, str]]:
    """Return the counts that timm prints, by network."""
    with open(HERE / "networks" / "timm.csv", encoding="utf-8", newline="") as file:
        return {row["network"]: row for row in csv.DictReader(file)}


def table() -> dict[str, dict[str, str]]:
    """Return the rows of the table of sums."""
    with open(timm_networks.SUMS, encoding="utf-8", newline="") as file:
        return {row["network"]: row for row in csv.DictReader(file)}


def test_sums_are_near_what_timm_prints() -> None:
    """MACs of every network are timm's, which adds those of norms; weights are no more than all."""
    known = printed()
    for name in sums.names():
        found = sums.network(name)
        gmacs = float(known[name]["gmacs"])
        limit = timm_networks.NEAR["gmacs"] * gmacs + timm_networks.LAST_DIGIT
        assert abs(found.total_macs / 1e9 - gmacs) <= limit, name
        assert len(found.layers) <= 3


def test_fifty_networks_have_all_their_layers() -> None:
    """Fifty networks of timm and more, beside those that the core has."""
    assert len(WHOLE) + len(TIMM_BUILT_IN) >= 50


@pytest.mark.parametrize("name", WHOLE)
def test_layers_are_those_of_the_sums_and_of_timm(name: str) -> None:
    """A whole table has the sums of its row; MACs, activations and weights are those of timm."""
    found, rows = network(name), table()
    expected = {key: str(cell) for key, cell in timm_networks.record(traced(found)).items()}

    assert {**rows[name], "family": ""} == {**expected, "family": ""}
    own = printed()[name]
    outputs = sum(each.repeat * each.shape.traffic.outputs for each in found.layers if each.shape)
    assert outputs / 1e6 == pytest.approx(float(own["macts_m"]), rel=0.1, abs=0.01)
    weights = sum(each.repeat * each.shape.weights for each in found.layers if each.shape)
    assert weights / 1e6 == pytest.approx(float(own["params_m"]), rel=0.03)


def traced(found: Network) -> timm_networks.Traced:
    """Return a network as if timm had made it."""
    return timm_networks.Traced(found, 0, "")


def test_a_difference_is_said() -> None:
    """Counts that are not timm's are told in words; norms and the last digit are none."""
    own = {"gmacs": "4.11", "macts_m": "11.11", "params_m": "25.56"}
    found = timm_networks.Traced(network("timm-seresnet50-224"), 25_560_000, "resnet")

    assert timm_networks.difference(found, own) == ""
    assert "gmacs 4.09 instead of 8" in timm_networks.difference(found, {**own, "gmacs": "8"})
    assert "params_m" in timm_networks.difference(found._replace(parameters=1), own)


def test_the_library_has_them() -> None:
    """Sums are found by name, read when used, and come with a family."""
    name = next(iter(sums.names() - names()))
    library = Library(["VGG16", name])

    assert list(library) == ["VGG16", name]
    assert library[name] is sums.network(name)
    families = families_of(library)
    assert families[name]
    assert families["timm-resnet50d-224"] == families["ResNet-18"] == "resnet"
    assert "timm-resnet50d-224" not in families_of(Library(["VGG16"]))


def test_families_are_of_a_class_each() -> None:
    """No family holds a third of the networks: to leave one out leaves enough."""
    counts = Counter(sums.families().values())
    assert len(counts) >= 50
    assert max(counts.values()) < len(sums.names()) / 3
