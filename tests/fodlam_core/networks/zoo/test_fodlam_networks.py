"""The built-in networks, against counts made elsewhere."""

from __future__ import annotations

import pytest

from fodlam_core import Registry, UnknownNameError
from fodlam_core.model.layers import layer_key
from fodlam_core.networks.zoo import zoo_names, zoo_network

# MACs that FODLAM's extractor counted on the networks in Caffe, layer by layer.
VGG16 = (
    *(86704128, 1849688064, 924844032, 1849688064, 924844032, 1849688064, 1849688064),
    *(924844032, 1849688064, 1849688064, 462422016, 462422016, 462422016),
)
VGG_M = (167664672, 415334400, 199360512, 398721024, 398721024)
MACS = {
    "AlexNet": (
        *(105415200, 223948800, 149520384, 112140288, 74760192),
        *(37748736, 16777216, 4096000),
    ),
    "VGG16": (*VGG16, 102760448, 16777216, 4096000),
    "VGG_CNN_M": (*VGG_M, 75497472, 16777216, 4096000),
    "Faster-R-CNN-VGG16": (
        *(*VGG16, 462422016, 1806336, 3612672),
        *(102760448, 16777216, 86016, 344064),
    ),
    "Faster-R-CNN-VGG_CNN_M": (
        *(*VGG_M, 199360512, 778752, 1557504),
        *(75497472, 4194304, 21504, 86016),
    ),
    "NeuralTalk": (2457600, 5274600, 2882400),  # EIE, Table III
}


@pytest.mark.parametrize("name", MACS)
def test_macs(name: str) -> None:
    """Every layer has the MACs that were counted independently, and a shape that gives them."""
    network = zoo_network(name)

    assert MACS[name] == tuple(layer.macs for layer in network.layers)
    assert all(layer.shape for layer in network.layers)
    assert network.source
    assert name == network.name == network.measured_as


def test_measured_layers_are_in_the_zoo(registry: Registry) -> None:
    """Every published row answers for a layer of the zoo, with the same shape and MACs."""
    for accelerator in registry.accelerators:
        for row in accelerator.measurements:
            layers = {layer.key: layer for layer in zoo_network(row.network).layers}
            layer = layers[layer_key(row.layer.name)]
            assert (layer.macs, layer.shape, layer.kind) == (
                row.layer.macs,
                row.layer.shape,
                row.layer.kind,
            )


def test_unknown_network() -> None:
    """A name that the zoo lacks is refused with the nearest one."""
    assert "AlexNet" in zoo_names()
    with pytest.raises(UnknownNameError, match=r"unknown network 'vgg_16'; did you mean 'VGG16'"):
        zoo_network("vgg_16")


@pytest.mark.parametrize("name", ["../VGG16", "/etc/passwd", "", ".", "VGG16.toml"])
def test_names_are_no_paths(name: str) -> None:
    """A name cannot reach outside the zoo."""
    with pytest.raises(UnknownNameError):
        zoo_network(name)
