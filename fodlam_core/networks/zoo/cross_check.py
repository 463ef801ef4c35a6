"""Compares a network from a file with the built-in network of the same name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fodlam_core.networks.zoo import zoo_names, zoo_network
from fodlam_core.report.units import quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.model.layers import Network


def plain_name(name: str) -> str:
    """Return a name as far as it matters whether two are the same.

    >>> plain_name("ResNet-50_v1.5") == plain_name("resnet50-v1.5")
    True
    """
    return re.sub(r"[^a-z0-9]", "", name.lower())


def namesakes(name: str) -> list[str]:
    """Return the built-in networks of a name: those that have it, else the variants that share it.

    >>> namesakes("resnet50"), namesakes("vgg_16")
    (['ResNet-50-v1', 'ResNet-50-v1.5'], ['VGG16'])
    """
    plain, names = plain_name(name), zoo_names()
    if not plain:
        return []
    exact = [each for each in names if plain_name(each) == plain]
    return exact or [each for each in names if plain_name(_family(each)) == plain]


def deviations(network: Network, file_name: str = "") -> Iterator[str]:
    """Yield a note if a network bears a built-in network's name and has other MACs in total.

    Args:
        network: the network.
        file_name: the name of its file, without suffix, if it has one.
    """
    if network.transformer is not None:
        return  # its MACs are those of a run, which is another in each configuration
    names = namesakes(network.name) or namesakes(file_name)
    known = [zoo_network(name) for name in names]
    total = network.total_macs
    if not known or any(each.total_macs == total for each in known):
        return
    compared = " and ".join(
        f"{total / each.total_macs - 1:+.2%} against the built-in {each.name} "
        f"({quantity(each.total_macs, 'MAC', 6)})".replace("%", " %")
        for each in known
    )
    yield f"{network.name} has {quantity(total, 'MAC', 6)}: {compared}"


def _family(name: str) -> str:
    """Return a name without what tells variants of one network apart."""
    return re.sub(r"-(v?[0-9]+\.[0-9]+|v[0-9]+|[0-9]+x[0-9]+)$", "", name)
