"""Rows that look as if they were of the network, and are not used for it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fodlam_core import Config, Layer, Network, NetworkConfig, prepare
from fodlam_core.config.model import AcceleratorConfig
from fodlam_core.estimates.figures import OVERHEAD
from fodlam_core.estimates.unused_rows import unused_notes
from fodlam_core.networks.native.text import native_toml
from fodlam_core.networks.zoo import zoo_network
from fodlam_core.plugins.registry import Registry

HEADER = """
name = "mine"
title = "mine"
kinds = ["conv", "fc"]
provenance = "measured"
table = "mine.csv"
predictors = ["per-mac"]
citation = { key = "doe2030", text = "J. Doe, 2030", bibtex = "@misc{doe2030}" }
"""
COLUMNS = "network,layer,kind,batch,latency_ms,macs,inputs,outputs\n"
GOOD = "VGG16,CONV1-1,conv,1,3,86704128,,\nVGG16,FC8,fc,1,3,,4096,1000\n"
CHIPS = {"conv": "mine", "fc": "mine"}


def notes(
    tmp_path: Path, registry: Registry, rows: str, method: str = "auto", header: str = ""
) -> list[str]:
    """Return what a run of VGG16 on a chip with such rows says of rows that are not used."""
    file = tmp_path / "mine.toml"
    file.write_text(HEADER + header)
    (tmp_path / "mine.csv").write_text(COLUMNS + GOOD + rows)
    chip = {"mine": AcceleratorConfig(file=str(file))}
    network = NetworkConfig("VGG16", method=method)
    config = Config(network, accelerator=chip, dispatch=CHIPS)
    every = prepare(config, registry).one.notes
    return [each for each in every if "correct the name" in each or "what was measured" in each]


def test_rows_that_are_used_are_no_reason_for_a_note(tmp_path: Path, registry: Registry) -> None:
    """Rows of the network and of others, whose names are not nearly its name, are as they are."""
    others = "VGG19,CONV1-2,conv,1,3,1849688064,,\nNet,FC6,fc,1,3,102760448,,\n"
    assert notes(tmp_path, registry, others) == []


def test_a_row_of_other_macs_is_told(tmp_path: Path, registry: Registry) -> None:
    """A row whose MACs are off by one predicts nothing silently; so does one of another kind."""
    rows = "VGG16,CONV1-2,conv,1,3,1849688065,,\nVGG16,FC7,conv,1,3,16777216,,\n"
    assert notes(tmp_path, registry, rows) == [
        (
            "mine: what was measured of VGG16 is not used, as the layer is another one: CONV1-2, "
            "1849688065 MACs there and 1849688064 here (and 1 further layer)"
        )
    ]
    assert notes(tmp_path, registry, rows, method="predicted") == []


def test_a_row_of_another_shape_is_told(tmp_path: Path, registry: Registry) -> None:
    """A row of as many MACs is used, and the note says that its shape is another one."""
    assert notes(tmp_path, registry, "VGG16,FC6,fc,1,3,,4096,25088\n") == [
        (
            "mine: what was measured of VGG16 is used, as it has as many MACs, though its shape is "
            "another one: FC6, 4096 -> 25088 there and 25088 -> 4096 here"
        )
    ]


@pytest.mark.parametrize("name", ["vgg-16", "VVG16"])
def test_a_name_that_is_nearly_right_is_told(name: str, tmp_path: Path, registry: Registry) -> None:
    """A slip in the name of a network is told, of layers as of a whole network."""
    expected = (
        f"mine: it has 1 row of a network {name!r}, which is not VGG16; if that is meant, correct "
        "the name"
    )
    rows = f"{name},CONV1-2,conv,1,3,1849688064,,\n{name},CONV9-9,conv,1,3,5,,\n"
    assert notes(tmp_path, registry, rows) == [expected]
    whole = f'references = [{{ network = "{name}", batch = 1, latency_ms = 9 }}]\n'
    assert notes(tmp_path, registry, "", header=whole) == [expected]


def test_a_file_of_a_measured_network(tmp_path: Path, registry: Registry) -> None:
    """A file that has the layers of a measured network is told how that is looked up."""
    file = tmp_path / "net.toml"
    file.write_text(native_toml(zoo_network("AlexNet")), encoding="utf-8")
    lead = '[network] measured_as = "AlexNet" takes the measured costs'

    def told(**keys: str) -> list[str]:
        config = Config(NetworkConfig(file=str(file), **keys))
        return [each for each in prepare(config, registry).one.notes if lead in each]

    assert ["eyeriss and eie"] == [each.partition(":")[0] for each in told()]
    assert [] == told(measured_as="AlexNet")
    assert [] == told(method="predicted")
    file.write_text(native_toml(zoo_network("ResNet-18")), encoding="utf-8")
    assert [] == told()


def test_operators_beside_the_layers_do_not_hide_a_measured_network() -> None:
    """The line of operators without MACs is of no layer that could have been measured."""
    layers = [Layer("A", "conv", 5), Layer("B", "conv", 7)]
    beside = Layer("operators without MACs (mine)", OVERHEAD, 0)
    rows = {("other", each.key): [SimpleNamespace(layer=each)] for each in layers}
    platforms: Any = {"mine": SimpleNamespace(rows=rows)}
    basis: Any = SimpleNamespace(accelerator="mine")
    items = tuple((each, basis) for each in (*layers, beside))

    [note] = unused_notes(Network("net", layers), items, platforms)

    assert note.startswith("mine: ")
    assert 'measured_as = "other" takes the measured costs' in note
