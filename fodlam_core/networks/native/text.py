"""Writes the native layer table, in TOML or JSON; reading it back gives the same network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from fodlam_core.model.shapes import ConvShape, ExpertsShape, FcShape, MatmulShape, Shape

if TYPE_CHECKING:
    from fodlam_core.model.layers import Layer, Network
    from fodlam_core.model.memory_pass import MemoryPass


def network_table(network: Network) -> dict[str, Any]:
    """Return a network as the native table; what has its default value is left out."""
    table = {
        "name": network.name,
        "source": network.source,
        "notes": list(network.notes),
        "skipped": dict(network.skipped),
        "uncosted": dict(network.uncosted),
        "memory_passes": [_memory_pass(each) for each in network.memory_passes],
    }
    table = {key: value for key, value in table.items() if value}
    return {**table, "layers": [_layer(layer) for layer in network.layers]}


def native_json(network: Network) -> str:
    """Return a network as a native table in JSON."""
    return json.dumps(network_table(network), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def native_toml(network: Network) -> str:
    """Return a network as a native table in TOML, with a line for each layer and pass."""
    table = network_table(network)
    rows = {key: table.pop(key) for key in ("memory_passes", "layers") if key in table}
    lines = [f"{key} = {_toml(value)}" for key, value in table.items()]
    for key, each in rows.items():
        lines += [f"{key} = [", *(f"    {_toml(row)}," for row in each), "]"]
    return "\n".join(lines) + "\n"


def _memory_pass(each: MemoryPass) -> dict[str, Any]:
    row = {"operator": each.operator, "read": each.read, "written": each.written}
    optional = {"window": each.window, "count": each.count}
    return row | {key: value for key, value in optional.items() if value != 1}


def _layer(layer: Layer) -> dict[str, Any]:
    row: dict[str, Any] = {"name": layer.name, "kind": layer.kind}
    row |= _shape(layer.shape) if layer.shape else {"macs": layer.macs}
    optional = {
        "repeat": (layer.repeat, 1),
        "weight_density": (layer.weight_density, None),
        "activation_density": (layer.activation_density, None),
        "residual_add": (layer.residual_add, False),
    }
    return row | {key: value for key, (value, usual) in optional.items() if value != usual}


def _shape(shape: Shape | Any) -> dict[str, Any]:
    if isinstance(shape, ConvShape):
        return _conv(shape)
    if isinstance(shape, FcShape):
        row = {"inputs": shape.inputs, "outputs": shape.outputs}
        return row if shape.rows == 1 else {**row, "rows": shape.rows}
    if isinstance(shape, ExpertsShape):
        return attrs.asdict(shape)
    if isinstance(shape, MatmulShape):
        row = {"m": shape.m, "k": shape.k, "n": shape.n}
        return row if shape.count == 1 else {**row, "count": shape.count}
    return _foreign(shape)


def _foreign(shape: Any) -> dict[str, Any]:
    """Return the keys of a shape that a plugin brings; what has its default value is left out."""
    row = {}
    for field in attrs.fields(type(shape)):
        value = getattr(shape, field.name)
        if field.init and value != field.default:
            row[field.name] = list(value) if isinstance(value, tuple) else value
    return row


def _conv(shape: ConvShape) -> dict[str, Any]:
    row: dict[str, Any] = {
        "input": [shape.in_channels, shape.in_height, shape.in_width],
        "out_channels": shape.out_channels,
        "kernel": _short(shape.kernel),
    }
    optional = {
        "stride": (_short(shape.stride), 1),
        "padding": (_short(shape.padding), 0),
        "dilation": (_short(shape.dilation), 1),
        "groups": (shape.groups, 1),
    }
    row |= {key: value for key, (value, usual) in optional.items() if value != usual}
    if shape.transposed:
        row |= {"transposed": True, "output": [shape.out_height, shape.out_width]}
    return row


def _short(sizes: Sequence[int]) -> int | list[int]:
    """Return sizes per axis or side in the shortest form that means the same."""
    if len(set(sizes)) == 1:
        return sizes[0]
    return list(sizes[:2] if tuple(sizes[:2]) * (len(sizes) // 2) == tuple(sizes) else sizes)


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{_key(key)} = {_toml(item)}" for key, item in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):
        # A string of JSON is one of TOML, but for DEL, which TOML wants escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    return json.dumps(value, allow_nan=False)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml(key)
