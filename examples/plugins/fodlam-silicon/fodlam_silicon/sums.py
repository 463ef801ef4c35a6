"""Networks of which the library keeps sums over their layers alone: hundreds that timm measured.

A sum of terms needs no more. ``tools/timm_networks.py`` writes them.
"""

from __future__ import annotations

import csv
import functools
from typing import Any

from fodlam_core import Layer, LayerSums, Network

from .catalogue import HERE

PREFIX = "timm-"
SOURCE = "timm, sums over its layers by from_torch"


def may_know(name: str) -> bool:
    """Tell from a name whether there may be sums of a network; nothing is read."""
    return name.startswith(PREFIX)


@functools.cache
def names() -> frozenset[str]:
    """Return the names of the networks."""
    return frozenset(_rows())


def families() -> dict[str, str]:
    """Return the family of each network: those that one class of timm makes."""
    return {name: row["family"] for name, row in _rows().items()}


@functools.cache
def network(name: str) -> Network:
    """Return a network as a few layers, each of them the sums over those of like forms.

    >>> [layer.name for layer in network("timm-tf_efficientnet_b0-224").layers]
    ['dense', 'depthwise', 'fc']
    """
    row = _rows()[name]
    layers = []
    for form in dict.fromkeys(column.rpartition("_")[0] for column in row if "_" in column):
        if row[f"{form}_macs"]:
            counts = (int(row[f"{form}_{what}"] or 0) for what in ("macs", "weights", "elements"))
            shape: Any = LayerSums(form, *counts)
            layers.append(Layer(name=form, kind=shape.kind, macs=shape.macs, shape=shape))
    return Network(name, layers, source=SOURCE, measured_as=name)


@functools.cache
def _rows() -> dict[str, dict[str, str]]:
    path = HERE / "networks" / "timm-sums.csv"
    with open(path, encoding="utf-8", newline="") as file:
        return {row["network"]: row for row in csv.DictReader(file)}
