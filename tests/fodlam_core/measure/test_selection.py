"""Every distinct shape is measured once, and the default set covers forms and sizes."""

from __future__ import annotations

import pytest

from fodlam_core import FcShape, Layer, Network
from fodlam_core.measure.selection import EFFORTS, default_networks, items


def test_shapes_once() -> None:
    """A shape of several layers is one item that knows them all; what has none is named."""
    one = Network("one", [Layer.from_shape("a", FcShape(2, 3)), Layer("b", "fc", 6)])
    two = Network("two", [Layer.from_shape("c", FcShape(2, 3))])

    [item], refused = items([one, two])

    assert [("one", "a"), ("two", "c")] == [(name, layer.name) for name, layer in item.uses]
    assert ["one b: has no shape"] == refused


@pytest.mark.parametrize("effort", EFFORTS)
def test_default_set(effort: str) -> None:
    """The set has every form, small and large weights, and nothing beyond its limit."""
    chosen, refused = items(default_networks(EFFORTS[effort]))

    layers = [item.uses[0][1] for item in chosen]
    forms = {"dense", "pointwise", "depthwise", "grouped", "fc", "matmul"}
    assert forms == {layer.form for layer in layers}
    assert [] == refused
    weights = [layer.weights or 0 for layer in layers if layer.form == "fc"]
    assert min(weights) < 250_000
    assert max(weights) > 10_000_000
    assert max(layer.macs for layer in layers) <= EFFORTS[effort].most_macs


@pytest.mark.parametrize("effort", EFFORTS)
def test_no_form_stands_on_one_network(effort: str) -> None:
    """Whichever network is left out of a fit, every form remains."""
    homes: dict[str, set[str]] = {}
    for item in items(default_networks(EFFORTS[effort]))[0]:
        network, layer = item.uses[0]
        homes.setdefault(layer.form, set()).add(network)

    alone = {form for form, networks in homes.items() if len(networks) < 2}
    assert alone <= ({"depthwise"} if effort == "quick" else set())
