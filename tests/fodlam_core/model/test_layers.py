"""Layers and networks agree with themselves."""

from __future__ import annotations

from typing import Any

import pytest

from fodlam_core import FcShape, Layer, LayerError, Network, NetworkError


def test_layer_from_shape() -> None:
    """Kind and MACs are those of the shape; repetitions multiply."""
    layer = Layer.from_shape("fc6", FcShape(10, 20), repeat=3)

    assert ("fc", 200, 600) == (layer.kind, layer.macs, layer.total_macs)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"macs": 0}, "macs 0: expected a positive integer"),
        ({"macs": 2.0}, "macs 2.0: expected"),
        ({"macs": True}, "macs True: expected"),
        ({"repeat": -1}, "repeat -1: expected"),
        ({"shape": FcShape(2, 2)}, r"7 MACs are given, but its shape \(2 -> 2\) has 4"),
        ({"weight_density": 0.0}, r"weight_density 0.0 is not in \(0, 1\]"),
        ({"activation_density": 1.1}, "activation_density 1.1"),
        ({"kind": 5}, "expected a name, got 5"),
        ({"shape": 5}, "expected a shape, got 5"),
    ],
)
def test_contradictions(arguments: dict[str, Any], message: str) -> None:
    """A layer that contradicts itself is refused, and named."""
    with pytest.raises(LayerError, match=f"layer 'fc6': .*{message}"):
        Layer(**{"name": "fc6", "kind": "fc", "macs": 7, **arguments})


def test_select() -> None:
    """Layers are chosen by any spelling, in the order asked for, repeated if asked twice."""
    network = Network("n", [Layer("conv1_1", "conv", 1), Layer("FC-2", "fc", 2)])

    chosen = network.select(["fc_2", "CONV1-1", "Fc-2"])

    assert ["FC-2", "conv1_1", "FC-2"] == [layer.name for layer in chosen]


def test_select_names_every_unknown_layer() -> None:
    """Each unknown layer is named once, with the nearest names there are."""
    network = Network("n", [Layer("conv1", "conv", 1), Layer("fc2", "fc", 2)])

    with pytest.raises(NetworkError) as error:
        network.select(["conv11", "xyz", "xyz", "fc2"])

    assert [
        "n has no layer 'conv11'; did you mean 'conv1'?",
        "n has no layer 'xyz'; it has conv1, fc2",
    ] == str(error.value).splitlines()


def test_names_are_unique() -> None:
    """Two layers whose names differ in spelling only are refused."""
    with pytest.raises(NetworkError, match="'a_1' and 'A-1' are the same"):
        Network("n", [Layer("a_1", "fc", 1), Layer("A-1", "fc", 1)])


@pytest.mark.parametrize(("name", "layers"), [(5, ()), ("x", (5,))])
def test_a_network_is_made_of_layers(name: Any, layers: Any) -> None:
    """A name that is not text, or a layer that is not a Layer, is refused."""
    with pytest.raises(NetworkError, match="expected a "):
        Network(name, layers)


def test_facts_of_a_transformer() -> None:
    """What is known of a transformer is of the class for it."""
    with pytest.raises(NetworkError, match="network 'n': transformer is 5; give TransformerFacts"):
        Network("n", (), transformer=5)  # type: ignore[arg-type]  # as a plugin might


def test_passes_are_values_of_their_class() -> None:
    """A network refuses what is no pass over memory, and says what to give."""
    with pytest.raises(NetworkError, match="memory_passes is .*give MemoryPass values"):
        Network("n", [], memory_passes=[{"operator": "Add"}])  # type: ignore[list-item]  # wrong
