"""A configuration from what a person names."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fodlam_core import ConfigError, FodlamError, Registry, estimate
from fodlam_core.config.asked import alternatives, asked_config, asked_source, is_configuration


def test_a_name_is_a_network(registry: Registry) -> None:
    """Case and hyphens of the name of a network do not matter."""
    assert asked_config("resnet50v1.5", registry).network.name == "ResNet-50-v1.5"


def test_overrides_and_chips(registry: Registry) -> None:
    """Keys can be set, and the chips that run it are the only ones."""
    config = asked_config("VGG16", registry, ["network.batch=4"], ["conv=eyeriss"])

    assert (4, {"conv": "eyeriss"}, True) == (
        config.network.batch,
        dict(config.dispatch),
        config.exclusive,
    )


def test_chips_that_are_not_there_are_all_told(registry: Registry) -> None:
    """Every unknown chip and kind has a line of its own."""
    with pytest.raises(ConfigError) as caught:
        asked_config("VGG16", registry, [], ["eyerys", "fc=eyeriss"])

    assert 2 == len(str(caught.value).splitlines())


def test_files_are_told_apart(tmp_path: Path) -> None:
    """TOML with tables of a configuration is one, a table of layers is a network."""
    config, layers = tmp_path / "a.toml", tmp_path / "b.toml"
    config.write_text('[network]\nname = "VGG16"\n')
    layers.write_text('name = "N"\nlayers = [{name = "F", kind = "fc", inputs = 4, outputs = 2}]\n')

    assert is_configuration(str(config))
    assert not is_configuration(str(layers))
    assert not is_configuration("net.onnx")


@pytest.mark.parametrize("width", range(1, 12))
def test_a_large_network_is_no_configuration(width: int, tmp_path: Path) -> None:
    """Wherever the beginning of a long file ends that is looked at, it tells what the file is."""
    layers = "".join(
        f'[[layers]]\nname = "F{n:0{width}}"\nkind = "fc"\ninputs = 100\noutputs = 200\n'
        for n in range(1_500)
    )
    network, config = tmp_path / "net.toml", tmp_path / "config.toml"
    network.write_text(layers)
    config.write_text(layers.replace("layers", "dispatch.rules"))
    assert not is_configuration(str(network))
    assert is_configuration(str(config))


def test_patterns_stand_for_each_chip_in_turn(registry: Registry) -> None:
    """One chip of each pattern is a choice; names and files stay as they are."""
    assert [("eie",), ("eyeriss",)] == alternatives(["all"], registry)
    assert [("conv=eyeriss", "fc=eie")] == alternatives(["conv=ey*", "fc=eie"], registry)
    assert [("chip.toml/int8",)] == alternatives(["chip.toml/int8"], registry)
    assert [()] == alternatives([], registry)
    with pytest.raises(FodlamError, match="no accelerator matches"):
        alternatives(["conv=nothing-*"], registry)


@pytest.mark.parametrize("name", ["net.toml", "-"])
def test_bytes_of_a_network_are_explained(name: str, tmp_path: Path, monkeypatch: Any) -> None:
    """A network in a binary format where a configuration is expected is said to be just that."""
    data = b"\x08\x07\x12\x00onnx\xff\xfe"
    path = name if name == "-" else str(tmp_path / name)
    if name == "-":
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(data)))
    else:
        Path(path).write_bytes(data)

    with pytest.raises(ConfigError) as caught:
        asked_source(path)

    assert "binary, not a configuration in TOML; a network file is recognised by its ending" in str(
        caught.value
    )


def test_a_network_is_estimated_by_its_name_or_file(tmp_path: Path, registry: Registry) -> None:
    """In Python as on the command line a network stands for a configuration."""
    layers = tmp_path / "net.toml"
    layers.write_text('name = "N"\nlayers = [{name = "F", kind = "fc", inputs = 4, outputs = 2}]\n')

    assert 8 == estimate(layers, registry).network.total_macs
    assert "VGG16" == estimate("vgg16", registry).network.name
