"""Estimates as JSON."""

from __future__ import annotations

import json

from fodlam_core import Config, FcShape, Layer, Network, NetworkConfig, prepare
from fodlam_core.estimates.json import encoded_layers, estimate_record, layer_records
from fodlam_core.plugins.registry import Registry
from fodlam_core.report.report import as_json

ALIKE = Network(
    "Net",
    [
        Layer.from_shape("A", FcShape(64, 32)),
        Layer.from_shape("B", FcShape(64, 32)),
        Layer.from_shape("C", FcShape(64, 32), repeat=3),
        Layer.from_shape("D", FcShape(64, 33)),
        Layer("E", "pooling", 0),
    ],
)


def test_layers_that_are_alike_are_encoded_as_they_are(registry: Registry) -> None:
    """Layers share their text where only their names differ, and it is that of their records."""
    estimate = prepare(Config(NetworkConfig("Net")), registry, ALIKE).estimate()
    texts = ["".join(each) for each in encoded_layers(estimate)]
    assert [json.loads(text) for text in texts] == [*layer_records(estimate)]
    assert as_json(estimate_record(estimate, encoded_layers(estimate))) == as_json(
        estimate_record(estimate)
    )
