"""FODLAM's own configurations: ``{"net" | "netfile": ..., "layers": [...]}``.

They mean what they meant to FODLAM, whatever else is installed: Eyeriss and EIE, the pooled cost
per MAC, Dennard scaling to 65 nm, total latency, costs as printed. A network in ``net`` takes its
published costs; layers of a ``netfile`` are always predicted.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.errors import ConfigError, quoted
from fodlam_core.files import FileError, parsed_json

if TYPE_CHECKING:
    from collections.abc import Iterable

# FODLAM's statistics files -> networks of the zoo.
NETFILES = {
    "alexnet_deploy.json": "AlexNet",
    "VGG_ILSVRC_16_layers_deploy.json": "VGG16",
    "VGG_CNN_M_deploy.json": "VGG_CNN_M",
    "faster_rcnn_vgg16.json": "Faster-R-CNN-VGG16",
    "faster_rcnn_vggm.json": "Faster-R-CNN-VGG_CNN_M",
}


class Translated(NamedTuple):
    """A configuration of FODLAM as tables of this program, with warnings."""

    tables: dict[str, Any]
    warnings: tuple[str, ...]


def translate(text: str, label: str, directory: str) -> Translated:
    """Translate one of FODLAM's configurations.

    Args:
        text: the JSON text.
        label: how messages name the configuration.
        directory: where a ``netfile`` is looked for before the built-in networks.

    Raises:
        ConfigError: with a line for each mistake.
    """
    warnings: list[str] = []

    def unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for key, value in pairs:
            if key in table:
                warnings.append(f"{label}: key {key!r} is given twice; the last counts")
            table[key] = value
        return table

    try:
        table = parsed_json(text, object_pairs_hook=unique)
    except FileError as error:
        raise ConfigError([f"{label}: {error}"]) from error
    problems = list(_problems(table, label))
    if problems:
        raise ConfigError(problems)
    warnings += [
        f"{label}: key {key!r} means nothing and is ignored"
        for key in table
        if key not in ("net", "netfile", "layers")
    ]
    if not table["layers"]:
        warnings.append(f"{label}: layers: an empty list; all totals are zero")
    network = _network(table, label, directory, warnings)
    network["layers"] = table["layers"]
    tables = {
        "network": {**network, "batch": "published"},
        "technology": {"node_nm": 65, "scaler": "dennard"},
        "dispatch": {"conv": "eyeriss", "fc": "eie"},
        "accelerator": {
            "eyeriss": {"predictor": "per-mac", "latency": "total"},
            "eie": {"predictor": "per-mac"},
        },
    }
    return Translated(tables, tuple(warnings))


def _problems(table: Any, label: str) -> Iterable[str]:
    if not isinstance(table, dict):
        yield f'{label}: expected an object with "net" or "netfile" and "layers"'
        return
    key = "net" if "net" in table else "netfile"
    if key not in table:
        yield f'{label}: "net" or "netfile" is missing'
    elif not isinstance(table[key], str) or not table[key]:
        yield f"{label}: {key}: expected a string, got {quoted(table[key])}"
    layers = table.get("layers")
    if not isinstance(layers, list):
        yield f"{label}: layers: expected a list of layer names"
    elif not all(isinstance(name, str) for name in layers):
        yield f"{label}: layers: expected strings"


def _network(
    table: dict[str, Any], label: str, directory: str, warnings: list[str]
) -> dict[str, Any]:
    if "net" in table:
        return {"name": table["net"], "method": "published"}
    file = table["netfile"]
    path = os.path.join(directory, file)
    known = NETFILES.get(file)
    if os.path.exists(path) or known is None:
        if known:
            warnings.append(f"{label}: netfile: {path} is taken, not the built-in {known}")
        return {"file": file, "format": "fodlam", "method": "predicted"}
    return {"name": known, "method": "predicted"}
