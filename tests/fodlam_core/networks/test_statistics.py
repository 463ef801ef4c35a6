"""FODLAM's statistics JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fodlam_core import FodlamError, Network, NetworkError
from fodlam_core.networks.files import read_network
from fodlam_core.networks.reader import ReadOptions
from fodlam_core.networks.statistics import StatisticsReader, statistics_rows
from fodlam_core.networks.zoo import zoo_network

Read = Callable[..., Network]


def test_entries_without_macs_are_skipped_operators(read: Read) -> None:
    """Only entries with MACs are layers; the others are counted by type."""
    rows = [
        {"name": "conv1", "type": "Convolution", "macs": 12},
        {"name": "relu1", "type": "ReLU"},
        {"name": "odd", "type": None},
        {},
        {"name": "fc1", "type": "InnerProduct", "macs": 3.0},
    ]
    network = read(StatisticsReader(), "x.json", json.dumps(rows))
    assert [(each.name, each.kind, each.macs) for each in network.layers] == [
        ("conv1", "conv", 12),
        ("fc1", "fc", 3),
    ]
    assert network.skipped == {"ReLU": 1, "unknown": 2}


def test_last_of_two_entries_counts(read: Read) -> None:
    """A name listed twice counts once, with its last entry, and a note says so."""
    rows = [{"name": "a", "type": "Convolution", "macs": n} for n in (1, 2)]
    network = read(StatisticsReader(), "x.json", json.dumps(rows))
    assert network.total_macs == 2
    assert "listed twice" in network.notes[0]


@pytest.mark.parametrize("key", ["input", "regions"])
def test_options_are_refused(read: Read, key: str) -> None:
    """Neither input size nor regions apply to a statistics file."""
    with pytest.raises(NetworkError, match=f"{key}: "):
        read(StatisticsReader(), "x.json", "[]", **{key: (1, 1, 1) if key == "input" else 2})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{}", "expected a JSON list"),
        ("[1]", "entry 1: expected an object"),
        ('[{"macs": 1}]', "entry 1: name: expected a string"),
        ('[{"name": "a", "type": "Convolution", "macs": 0}]', "macs 0"),
        ('[{"name": "a", "type": "Convolution", "macs": -1}]', "macs -1"),
        ('[{"name": "a", "type": "Convolution", "macs": 1e300}]', "macs too large"),
        ('[{"name": "a", "type": "Convolution", "macs": NaN}]', "NaN is not a number in JSON"),
        ('[{"name": "a", "type": "Convolution", "macs": null}]', "macs None"),
        ('[{"name": "a", "type": "Convolutio", "macs": 1}]', "did you mean 'Convolution'"),
        ("[", "not JSON"),
        ("", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_rubbish_is_an_error(read: Read, content: str | bytes, message: str) -> None:
    """What is wrong is said with the file."""
    with pytest.raises(FodlamError, match=message) as caught:
        read(StatisticsReader(), "x.json", content)
    assert "x.json" in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_statistics_give_the_same_network_back(
    networks: st.SearchStrategy[Network], data: st.DataObject, tmp_path_factory: Any
) -> None:
    """Names, kinds, MACs of one item and skipped operators survive being written and read."""
    network = attrs.evolve(data.draw(networks), uncosted={})
    assume(all(layer.kind in ("conv", "fc") for layer in network.layers))
    path = tmp_path_factory.getbasetemp() / "statistics.json"
    path.write_text(json.dumps(statistics_rows(network)), encoding="utf-8")
    again = read_network(path, StatisticsReader(), ReadOptions())
    assert again.skipped == network.skipped
    assert [(each.name, each.kind, each.macs) for each in again.layers] == [
        (each.name, each.kind, each.macs) for each in network.layers
    ]


def test_what_fodlam_does_not_know_is_refused() -> None:
    """A matrix product, or an operator that cannot be costed, has no place in the statistics."""
    with pytest.raises(NetworkError, match=r"'layer0/scores' \(matmul\)"):
        statistics_rows(zoo_network("BERT-base-128"))
    with pytest.raises(NetworkError, match="2 of 'LSTM', not costed"):
        statistics_rows(attrs.evolve(zoo_network("VGG16"), uncosted={"LSTM": 2}))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_mutated_file_never_crashes(
    data: st.DataObject, check_mutated: Callable[..., None]
) -> None:
    """A file with some bytes changed is read, or refused with an error that names it."""
    content = json.dumps(statistics_rows(zoo_network("AlexNet"))).encode()
    check_mutated(data, StatisticsReader(), "mutated.json", content)
