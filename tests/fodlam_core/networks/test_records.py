"""Networks as plain values."""

from __future__ import annotations

import json

from fodlam_core import zoo_network
from fodlam_core.networks.records import network_record


def test_a_record_is_json_and_complete() -> None:
    """The record has every layer with its MACs, and the total with repetitions."""
    network = zoo_network("BERT-base-128")
    record = json.loads(json.dumps(network_record(network)))

    assert [layer.name for layer in network.layers] == [each["name"] for each in record["layers"]]
    assert network.total_macs == record["total_macs"]
    assert network.total_macs == sum(each["macs"] * each["repeat"] for each in record["layers"])
