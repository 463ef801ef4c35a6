"""The native layer table."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodlam_core import ConvShape, FcShape, FodlamError, MatmulShape, Network, NetworkError
from fodlam_core.model.shapes import ExpertsShape
from fodlam_core.networks import native
from fodlam_core.networks.native import NativeReader, network_from_table
from fodlam_core.networks.native.text import native_toml
from fodlam_core.networks.zoo import zoo_network

Read = Callable[..., Network]
FC = {"name": "a", "kind": "fc", "inputs": 2, "outputs": 3}
CONV = {"name": "c", "kind": "conv", "input": [3, 8, 8], "out_channels": 4, "kernel": 3}


def _network(*rows: dict[str, Any], **rest: Any) -> Network:
    return network_from_table({"layers": list(rows), **rest}, "net.toml", "net")


def test_documented_table_is_read(read: Read) -> None:
    """The example in the documentation of the module is a table that can be read."""
    example = inspect.cleandoc(native.__doc__ or "").split("::", 1)[1].split("\nEvery layer")[0]
    network = read(NativeReader(), "x.toml", inspect.cleandoc(example))
    assert [layer.name for layer in network.layers] == ["C1", "up", "F6", "QK", "MoE"]
    assert network.layers[0].shape == ConvShape.from_input((1, 32, 32), 6, 5)
    assert network.layers[1].macs == 8 * 8 * 16 * 8 * 4 * 4
    assert network.layers[2].shape == FcShape(120, 84)
    assert network.layers[3].shape == MatmulShape(128, 64, 128, 12)
    assert network.layers[4].shape == ExpertsShape(64, 128, 1, 8, 2)
    assert (network.skipped, network.uncosted) == ({"Pooling": 2}, {"Sampler": 1})
    assert network.notes == ("for 32 x 32 pixels",)


def test_bom_and_crlf_are_read(read: Read) -> None:
    """A byte-order mark and Windows line ends change nothing."""
    text = '\ufefflayers = [\r\n{ name = "a", kind = "fc", inputs = 2, outputs = 3 } ]\r\n'
    assert read(NativeReader(), "x.toml", text).total_macs == 6


def test_an_object_of_json_has_to_have_a_key_of_a_table() -> None:
    """An object without one is left to the readers of plugins."""
    reader = NativeReader()
    assert reader.accepts(b'\xef\xbb\xbf {"name": "x", "layers": []}')
    assert reader.accepts(b'layers = [{ name = "a", kind = "fc", macs = 3 }]')
    assert not reader.accepts(b'{"graph": {"nodes": []}}')
    assert not reader.accepts(b'[{"name": "a"}]')


def test_regions_are_rows_where_weights_are_shared() -> None:
    """Regions are rows of a product; what has no rows is repeated once for each."""
    plain = {"name": "c", "kind": "pool", "macs": 10, "per_region": True, "repeat": 2}
    table = {"layers": [{**FC, "per_region": True, "repeat": 2}, {**FC, "name": "b"}, plain]}
    network = network_from_table(table, "x", "x", regions=300)
    assert [(layer.rows, layer.repeat) for layer in network.layers] == [(300, 2), (1, 1), (1, 600)]


def test_per_region_layers_need_regions() -> None:
    """Without regions such a file is an error that names the layers and what to write."""
    with pytest.raises(NetworkError, match=r"each region \(a\); .* \[network\] regions = 300"):
        _network({**FC, "per_region": True})


def test_regions_without_per_region_layers_are_an_error(read: Read) -> None:
    """Regions are never ignored."""
    with pytest.raises(NetworkError, match="regions: no layer of it runs once for each region"):
        read(NativeReader(), "x.json", json.dumps({"layers": [FC]}), regions=3)


def test_input_cannot_be_changed(read: Read) -> None:
    """Another input size is an error, since the layers have fixed shapes."""
    with pytest.raises(NetworkError, match="input: its layers have fixed shapes"):
        read(NativeReader(), "x.json", json.dumps({"layers": [FC]}), input=(3, 8, 8))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({**FC, "macs": 7}, "7 MACs are given, but its shape"),
        ({**FC, "inputs": 0}, "FcShape.inputs: 0"),
        ({**FC, "inputs": -2}, "FcShape.inputs: -2"),
        ({**FC, "inputs": True}, "inputs: True is not a whole number"),
        ({**FC, "repeat": 0}, "repeat 0: expected a positive integer"),
        ({**FC, "repeat": 10**19}, "repeat too large"),
        ({**FC, "repeat": "2"}, "repeat: expected a whole number, got '2'"),
        ({**FC, "residual_add": 1}, "residual_add: expected true or false, got 1"),
        ({**FC, "per_region": "yes"}, "per_region: expected true or false"),
        ({**FC, "weight_density": 0}, r"weight_density 0 is not in \(0, 1\]"),
        ({**FC, "weight_density": float("nan")}, "weight_density nan"),
        ({**FC, "weight_density": "all"}, "weight_density: expected a number"),
        ({**FC, "stride": 2}, "unknown key 'stride'"),
        ({**FC, "imputs": 2}, "unknown key 'imputs'; did you mean 'inputs'"),
        ({"name": "a", "kind": "fc", "inputs": 2}, "the shape lacks outputs"),
        ({"name": "a", "kind": "fc"}, r"give either macs or a shape \(inputs, outputs\)"),
        ({"name": "a", "kind": "pool"}, "give macs"),
        ({"name": "a", "kind": "convv"}, "unknown kind of .* 'convv'; did you mean 'conv'"),
        ({"name": "", "kind": "fc"}, "name: '' is empty"),
        ({"name": "a\n", "kind": "fc"}, "control characters"),
        ({"name": "\ud800", "kind": "fc"}, "control characters"),
        ({"kind": "fc"}, "name: expected a string"),
        ({**CONV, "groups": 2}, "groups: 2 does not divide both 3 input"),
        ({**CONV, "stride": 0}, "stride"),
        ({**CONV, "kernel": 9}, "out_height: 0"),
        ({**CONV, "input": [3, 8]}, r"input: expected \[channels, height, width\]"),
        ({**CONV, "input": 3}, r"input: expected \[channels, height, width\]"),
        ({**CONV, "kernel": [3, [3]]}, "kernel: "),
        ({**CONV, "output": [8, 8]}, "only a transposed convolution needs it"),
        ({**CONV, "transposed": True}, "ConvShape.out_height: 0"),
        ("a", "expected a table of keys"),
    ],
)
def test_wrong_layer_is_named(row: Any, message: str) -> None:
    """What is wrong with a layer is said together with the file and the layer."""
    with pytest.raises(NetworkError, match=message) as caught:
        _network(row)
    assert str(caught.value).startswith("net.toml: layer 1")


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ({"skiped": {}}, "unknown key 'skiped'; did you mean 'skipped'"),
        ({"skipped": {"a": -1}}, "skipped: expected operator names with their counts"),
        ({"uncosted": ["a"]}, "uncosted: expected operator names with their counts"),
        ({"notes": "x"}, "notes: expected a list of strings"),
        ({"notes": ["\ud800"]}, "notes: expected a list of strings"),
        ({"source": 3}, "source: expected a string"),
        ({"name": 3}, "name: expected a string"),
    ],
)
def test_wrong_network_key_is_named(rest: dict[str, Any], message: str) -> None:
    """What is wrong outside the layers is said as well."""
    with pytest.raises(NetworkError, match=message):
        _network(FC, **rest)


def test_all_mistakes_are_reported_at_once() -> None:
    """Each of several mistakes has a line of its own."""
    with pytest.raises(NetworkError) as caught:
        _network({**FC, "inputs": 0}, {**CONV, "name": "A", "stride": -1}, skipped=1)
    assert len(str(caught.value).splitlines()) == 4
    assert "'a' and 'A' are the same once case and _ are ignored" in str(caught.value)


def test_duplicate_names_are_an_error() -> None:
    """Two layers of one name cannot be told apart, and the file is named."""
    with pytest.raises(NetworkError, match=r"net\.toml: .*'a' and 'A' are the same"):
        _network(FC, {**FC, "name": "A"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "{}",
        "\x00\x01",
        '{"layers": 3}',
        '{"layers": [], "layers": []}',
        '{"layers": [{"name": "a", "kind": "fc", "macs": 1e999}]}',
        '{"layers": [{"name": "a", "kind": "fc", "macs": NaN}]}',
        '{"layers": [{"name": "a", "kind": "fc", "macs": 1' + "0" * 5000 + "}]}",
        '{"layers": ' * 100_000,
        "[" * 100_000,
    ],
)
@pytest.mark.parametrize("suffix", ["toml", "json"])
def test_rubbish_is_an_error_that_names_the_file(read: Read, text: str, suffix: str) -> None:
    """Whatever is in a file, it is refused with its name."""
    with pytest.raises(FodlamError, match=rf"x\.{suffix}"):
        read(NativeReader(), f"x.{suffix}", text)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_mutated_file_never_crashes(
    data: st.DataObject, check_mutated: Callable[..., None]
) -> None:
    """A file with some bytes changed is read, or refused with an error that names it."""
    content = native_toml(zoo_network("AlexNet")).encode()
    check_mutated(data, NativeReader(), "mutated.toml", content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*FC, *CONV, "macs", "repeat", "x"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(JSON, max_size=3), rest=st.dictionaries(st.sampled_from(native._NETWORK), JSON)
)
def test_any_structure_is_read_or_refused(rows: list[Any], rest: dict[str, Any]) -> None:
    """Whatever stands where a layer should, there is a network or an error of this program."""
    problems = ""
    try:
        network_from_table({**rest, "layers": rows}, "x", "x")
    except NetworkError as error:
        problems = str(error)
    assert all(line.startswith("x: ") for line in problems.splitlines())


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("{ operator = 'Add', read = 0, written = 1 }", "memory pass 1: 'Add': read is 0"),
        ("{ operator = 'Add', read = 1 }", "memory pass 1: lacks written"),
        (
            "{ operator = 'Add', read = 1, written = 1, windw = 2 }",
            "memory pass 1: .*did you mean 'window'",
        ),
        ("3", "memory pass 1: expected a table, got 3"),
    ],
)
def test_wrong_passes_are_told(read: Callable[..., Network], row: str, text: str) -> None:
    """A pass over memory that is not as it should be is named, with what is wrong in it."""
    layers = "[[layers]]\nname = 'F'\nkind = 'fc'\ninputs = 2\noutputs = 2\n"
    with pytest.raises(NetworkError, match=text):
        read(NativeReader(), "x.toml", f"memory_passes = [{row}]\n{layers}")
