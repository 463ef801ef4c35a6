"""The built-in networks: native layer tables with shape and source.

A new network is a file in `tables`, with its source; no code changes.
"""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING

import attrs

from fodlam_core.errors import UnknownNameError, unknown
from fodlam_core.networks.native import network_from_table

if TYPE_CHECKING:
    from fodlam_core.model.layers import Network

TABLES = os.path.join(os.path.dirname(__file__), "tables")


def zoo_names() -> list[str]:
    """Return the names of the built-in networks, sorted."""
    return sorted(
        (name[: -len(".toml")] for name in os.listdir(TABLES) if name.endswith(".toml")),
        key=str.lower,
    )


@functools.cache
def zoo_network(name: str) -> Network:
    """Return a built-in network.

    Raises:
        UnknownNameError: if there is none of that name.

    >>> zoo_network("VGG16").total_macs
    15470264320
    """
    import tomli

    names = zoo_names()
    if name not in names:
        raise UnknownNameError(unknown("network", name, names))
    path = os.path.join(TABLES, f"{name}.toml")
    with open(path, "rb") as file:
        network = network_from_table(tomli.load(file), path, name)
    return attrs.evolve(network, measured_as=name)


def zoo_bibtex(name: str) -> str | None:
    """Return the BibTeX entry of a built-in network; None if there is none.

    >>> zoo_bibtex("VGG16").splitlines()[0]
    '@inproceedings{simonyan2015vgg,'
    """
    path = os.path.join(TABLES, f"{name}.bib")
    if name not in zoo_names() or not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return file.read()
