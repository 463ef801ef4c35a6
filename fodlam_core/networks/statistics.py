"""FODLAM's statistics file: a JSON list of ``{"name", "type", "macs"}``.

Entries without ``macs`` are not layers to cost. A name that is listed twice counts once, with
its last entry, as in FODLAM.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from fodlam_core.errors import FodlamError, NetworkError, unknown
from fodlam_core.files import FileError, parsed_json
from fodlam_core.model.layers import Layer, Network, layer_key
from fodlam_core.model.shapes import ConvShape
from fodlam_core.networks.native import is_json_list
from fodlam_core.networks.read_text import check_name, read_text, refuse, refuse_if

if TYPE_CHECKING:
    from pathlib import Path

    from fodlam_core.networks.reader import ReadOptions

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
        refuse(path, options, "input", "regions")
        try:
            rows = parsed_json(read_text(path))
        except FileError as error:
            raise NetworkError(f"{path}: {error}") from error
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
                skipped[_operator(row)] += 1
            else:
                key = layer_key(layer.name)
                if layers.pop(key, None):
                    notes.append(f"{path}: layer {layer.name!r} is listed twice; the last counts")
                layers[key] = layer
        refuse_if(problems)
        return Network(
            name=path.stem,
            layers=layers.values(),
            skipped=dict(skipped),
            source=str(path),
            notes=tuple(notes),
        )


def _operator(row: dict[str, Any]) -> str:
    """Return the type of an entry that costs nothing, of which FODLAM asks nothing else."""
    type_ = row.get("type")
    return type_ if isinstance(type_, str) and type_.isprintable() and type_ else "unknown"


def _layer(row: Any) -> Layer | None:
    if not isinstance(row, dict):
        raise NetworkError("expected an object with name, type and macs")
    if "macs" not in row:
        return None
    name, type_ = check_name(row.get("name")), check_name(row.get("type"), "type")
    macs = row["macs"]
    if type_ not in KINDS:
        raise NetworkError(f"layer {name!r}: {unknown('type', type_, KINDS)}")
    if isinstance(macs, float) and macs.is_integer():
        macs = int(macs)
    return Layer(name, KINDS[type_], macs)


def statistics_rows(network: Network) -> list[dict[str, Any]]:
    """Return a network as FODLAM's statistics: MACs are those of one item.

    Raises:
        NetworkError: naming the layers and operators that have no counterpart there.
    """
    types = {"conv": "Convolution", "fc": "InnerProduct"}
    strange = [
        f"{layer.name!r} ({layer.kind})" for layer in network.layers if layer.kind not in types
    ]
    strange += [f"{count} of {name!r}, not costed" for name, count in network.uncosted.items()]
    if strange:
        raise NetworkError(
            f"{network.name}: FODLAM's statistics know Convolution and InnerProduct only, and have "
            f"no place for {', '.join(strange[:10])}" + (" ..." if len(strange) > 10 else "")
        )
    rows: list[dict[str, Any]] = []
    for layer in network.layers:
        type_ = types[layer.kind]
        if isinstance(layer.shape, ConvShape) and layer.shape.transposed:
            type_ = "Deconvolution"
        rows.append({"name": layer.name, "type": type_, "macs": layer.macs})
    for type_, count in network.skipped.items():
        rows += ({"name": f"{type_}{i}", "type": type_} for i in range(1, count + 1))
    return rows
