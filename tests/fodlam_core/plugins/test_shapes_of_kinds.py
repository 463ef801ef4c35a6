"""Layer kinds of plugins that bring a shape: native tables hold it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest

from fodlam_core import FcShape, Layer, LayerError, LayerKind, Network, NetworkError
from fodlam_core.networks.native import network_from_table
from fodlam_core.networks.native.text import network_table

PLUGIN = """
import attrs
from fodlam_core import LayerError, LayerKind, hookimpl


@attrs.frozen
class PoolShape:
    input: tuple
    window: int = 2

    kind = "pool"
    weights = 0

    def __attrs_post_init__(self):
        if self.window < 1:
            raise LayerError(f"window: {self.window} is not positive")

    @property
    def macs(self):
        return self.input[0] * self.input[1] * self.window**2


@hookimpl
def fodlam_layer_kinds():
    yield LayerKind("pool", "pooling", PoolShape)
"""
ROW = {"name": "P1", "kind": "pool", "input": [8, 8], "window": 3}


@attrs.frozen
class PoolShape:
    """A shape."""

    input: tuple[int, int]
    window: int = 2

    kind = "pool"
    weights = 0

    @property
    def macs(self) -> int:
        """Return additions, say."""
        return self.input[0] * self.input[1] * self.window**2


def test_a_table_holds_the_shape() -> None:
    """Its fields are keys of the layer, and what is read is written again."""
    table = {"name": "N", "layers": [ROW]}
    network = network_from_table(table, "n.toml", "n", shapes={"pool": PoolShape})

    [layer] = network.layers
    assert (PoolShape((8, 8), 3), 576) == (layer.shape, layer.macs)
    assert table == network_table(network)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"windw": 3}, "unknown key 'windw'; did you mean 'window'"),
        ({"input": 5}, "the shape is wrong: TypeError"),
        ({"macs": 5}, "5 MACs are given, but its shape"),
    ],
)
def test_mistakes_are_told(changes: dict[str, Any], text: str) -> None:
    """What is wrong with such a layer is told as with any other."""
    table = {"layers": [ROW | changes]}
    with pytest.raises(NetworkError, match=text):
        network_from_table(table, "n.toml", "n", shapes={"pool": PoolShape})


def test_a_shape_that_lacks_a_key() -> None:
    """A key without a default has to be there."""
    table = {"layers": [{"name": "P1", "kind": "pool", "window": 2}]}
    with pytest.raises(NetworkError, match="the shape lacks input"):
        network_from_table(table, "n.toml", "n", shapes={"pool": PoolShape})


def test_the_command_hands_it_over(cli: Any, toml: Any, tmp_path: Path) -> None:
    """With the plugin loaded the file is read, converted and shown; without, it is refused."""
    plugin = tmp_path / "pooling.py"
    plugin.write_text(PLUGIN)
    net = toml('[[layers]]\nname = "P1"\nkind = "pool"\ninput = [8, 8]\n', "net.toml")

    shown = cli("networks", "show", net, "-f", "json", "--plugin", plugin)
    converted = cli("networks", "convert", net, "-", "--plugin", plugin)
    refused = cli("networks", "show", net)

    assert 256 == json.loads(shown.out)["layers"][0]["macs"]
    assert "input = [8, 8]" in converted.out
    assert 1 == refused.status


@pytest.mark.parametrize("shape", [int, 5, "PoolShape"])
def test_a_kind_brings_a_shape_or_none(shape: Any) -> None:
    """Anything but an attrs class with kind, macs and weights is refused at once."""
    with pytest.raises(LayerError, match="not an attrs class with the properties kind, macs"):
        LayerKind("pool", "pooling", shape)


def test_layers_take_such_shapes() -> None:
    """A layer is built from it as from the core's own."""
    layer = Layer.from_shape("P1", PoolShape((8, 8)))  # type: ignore[arg-type]

    assert ("pool", 256) == (layer.kind, Network("N", [layer]).total_macs)
    assert LayerKind("fc", "products", FcShape).shape is FcShape
