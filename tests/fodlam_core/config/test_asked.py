"""A configuration from what a person names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fodlam_core import ConfigError, Registry
from fodlam_core.config.asked import asked_config, is_configuration

if TYPE_CHECKING:
    from pathlib import Path


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
