"""Writing the native table."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from fodlam_core import Network
from fodlam_core.networks.native import NativeReader, network_from_table
from fodlam_core.networks.native.text import native_json, native_toml, network_table
from fodlam_core.networks.zoo import zoo_names, zoo_network


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_table_gives_the_same_network_back(
    networks: st.SearchStrategy[Network], data: st.DataObject
) -> None:
    """A network written as TOML, or as a plain table, and read again is the same network."""
    network = data.draw(networks)
    for table in (network_table(network), tomli.loads(native_toml(network))):
        assert network_from_table(table, "x", "x") == network


@pytest.mark.parametrize("write", [native_toml, native_json])
@pytest.mark.parametrize("name", zoo_names())
def test_file_of_the_zoo_survives(
    name: str, write: Callable[[Network], str], read: Callable[..., Network]
) -> None:
    """Every built-in network written to a file, in either form, is read back as it was."""
    network = zoo_network(name)
    suffix = "json" if write is native_json else "toml"
    again = read(NativeReader(), f"x.{suffix}", write(network))
    assert again.layers == network.layers
    assert (again.name, again.source) == (network.name, network.source)
    assert again.skipped == network.skipped


def test_toml_has_a_line_for_each_layer() -> None:
    """Each layer is one line, with nothing in it that has its usual value."""
    lines = native_toml(zoo_network("AlexNet")).splitlines()
    assert (
        '    { name = "CONV1", kind = "conv", input = [3, 227, 227], out_channels = 96, '
        "kernel = 11, stride = 4 }," in lines
    )
