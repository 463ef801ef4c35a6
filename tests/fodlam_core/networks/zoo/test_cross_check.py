"""Comparison of a file with the built-in network of its name."""

from __future__ import annotations

import attrs
import pytest

from fodlam_core import Layer, Network
from fodlam_core.networks.zoo import zoo_names, zoo_network
from fodlam_core.networks.zoo.cross_check import deviations, namesakes


@pytest.mark.parametrize("name", zoo_names())
def test_built_in_network_agrees_with_itself(name: str) -> None:
    """A network that is the built-in one has nothing to note."""
    assert list(deviations(zoo_network(name))) == []


@pytest.mark.parametrize("name", ["vgg_16", "VGG-16", "Vgg16"])
def test_deviation_is_told_by_name(name: str) -> None:
    """A total that differs is noted with how much it does, however the name is written."""
    network = Network(name, [Layer("a", "conv", 15_470_264_320 * 2)])
    assert list(deviations(network)) == [
        f"{name} has 30.9405 GMAC: +100.00 % against the built-in VGG16 (15.4703 GMAC)"
    ]


def test_name_of_the_file_counts_as_well() -> None:
    """A file named after a network is compared, whatever name it has inside."""
    network = Network("deploy", [Layer("a", "conv", 1)])
    assert len(list(deviations(network, "googlenet"))) == 1
    assert list(deviations(network, "deploy")) == []


def test_variants_are_all_compared() -> None:
    """A name that several variants share agrees with any of them, or is compared with all."""
    assert namesakes("resnet_50") == ["ResNet-50-v1", "ResNet-50-v1.5"]
    one = attrs.evolve(zoo_network("ResNet-50-v1.5"), name="resnet50")
    assert list(deviations(one)) == []
    (note,) = deviations(Network("resnet50", [Layer("a", "conv", 1)]))
    assert "ResNet-50-v1 " in note
    assert "ResNet-50-v1.5 " in note


@pytest.mark.parametrize("name", ["", "--", "resnet", "vgg", "mynet"])
def test_other_names_are_not_compared(name: str) -> None:
    """A name that only resembles one is somebody else's network."""
    assert namesakes(name) == []
