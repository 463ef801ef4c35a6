"""FODLAM's statistics file: a JSON list of ``{"name", "type", "macs"}``.

Entries without ``macs`` are not layers to cost. A name that is listed twice counts once, with
its last entry, as in FODLAM.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from fodlam_core.errors import FodlamError, NetworkError, unknown
from fodlam_core.layers import Layer, Network, layer_key
from fodlam_core.networks.native import is_json_list
from fodlam_core.readers import ReadOptions

# Caffe's names for the operators that FODLAM costs.
KINDS = {"Convolution": "conv", "Deconvolution": "conv", "InnerProduct": "fc"}


class StatisticsReader:
    """Reads FODLAM's statistics JSON."""

    name = "fodlam"
    suffixes = (".json",)

    def accepts(self, head: bytes) -> bool:
        """Tell whether it is a JSON list."""
        return is_json_list(head)

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Read a file; it has neither an input size nor regions that could be changed."""
        try:
            rows = json.loads(path.read_text(encoding="utf-8-sig"))
        except ValueError as error:
            raise NetworkError(f"{path}: not JSON: {error}") from error
        if not isinstance(rows, list):
            raise NetworkError(f"{path}: expected a JSON list of layers")
        layers: dict[str, Layer] = {}
        skipped: Counter[str] = Counter()
        notes, problems = [], []
        for index, row in enumerate(rows, start=1):
            try:
                layer = _layer(row)
            except FodlamError as error:
                problems.append(f"{path}: entry {index}: {error}")
                continue
            if layer is None:
                skipped[str(row.get("type", "unknown"))] += 1
            else:
                key = layer_key(layer.name)
                if layers.pop(key, None):
                    notes.append(f"{path}: layer {layer.name!r} is listed twice; the last counts")
                layers[key] = layer
        if problems:
            raise NetworkError("\n".join(problems))
        return Network(path.stem, layers.values(), dict(skipped), str(path), notes=tuple(notes))


def _layer(row: Any) -> Layer | None:
    if not isinstance(row, dict):
        raise NetworkError("expected an object with name, type and macs")
    if "macs" not in row:
        return None
    name, type_, macs = row.get("name"), row.get("type"), row["macs"]
    if not isinstance(name, str) or not isinstance(type_, str):
        raise NetworkError("name and type: expected strings")
    if type_ not in KINDS:
        raise NetworkError(f"layer {name!r}: {unknown('type', type_, KINDS)}")
    if isinstance(macs, float) and macs.is_integer():
        macs = int(macs)
    return Layer(name, KINDS[type_], macs)
