"""The built-in networks: native layer tables, and sizes of transformers, each with its source.

A new network is a file in `tables` or `transformers`, with its source; no code changes.
"""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.errors import UnknownNameError, unknown
from fodlam_core.networks.native import network_from_table
from fodlam_core.networks.read_text import refuse_tokens
from fodlam_core.networks.reader import TokenOptions

if TYPE_CHECKING:
    from fodlam_core.model.layers import Network

_HERE = os.path.dirname(__file__)
TABLES = os.path.join(_HERE, "tables")
TRANSFORMERS = os.path.join(_HERE, "transformers")


@functools.cache
def _paths() -> dict[str, str]:
    """Return the file of each network by its name."""
    return {
        name[: -len(".toml")]: os.path.join(folder, name)
        for folder in (TABLES, TRANSFORMERS)
        for name in os.listdir(folder)
        if name.endswith(".toml")
    }


def zoo_names() -> list[str]:
    """Return the names of the built-in networks, sorted."""
    return sorted(_paths(), key=str.lower)


@functools.lru_cache(maxsize=256)
def zoo_network(name: str, tokens: TokenOptions = TokenOptions()) -> Network:  # noqa: B008 - frozen
    """Return a built-in network.

    Args:
        name: its name.
        tokens: what goes through it, if it is a transformer.

    Raises:
        UnknownNameError: if there is none of that name.
        NetworkError: if nothing can go through it like that.

    >>> zoo_network("VGG16").total_macs
    15470264320
    >>> zoo_network("GPT-2", TokenOptions(context=1024)).total_macs
    142406400
    """
    if name not in _paths():
        raise UnknownNameError(unknown("network", name, zoo_names()))
    path = _paths()[name]
    if os.path.dirname(path) == TRANSFORMERS:
        from fodlam_core.networks.transformers import transformer_network

        table = _read(path)
        network = transformer_network(table["config"], "", name, tokens, table["source"])
    else:
        refuse_tokens(name, tokens)
        network = network_from_table(_read(path), path, name)
    return attrs.evolve(network, measured_as=name)


def _read(path: str) -> dict[str, Any]:
    import tomli

    with open(path, "rb") as file:
        return tomli.load(file)


def zoo_bibtex(name: str) -> str | None:
    """Return the BibTeX entry of a built-in network; None if there is none.

    >>> zoo_bibtex("VGG16").splitlines()[0]
    '@inproceedings{simonyan2015vgg,'
    """
    path = _paths().get(name, "").removesuffix(".toml") + ".bib"
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return file.read()
