"""What can be an axis."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fodlam_core import Registry
from fodlam_core.config.load import read_source
from fodlam_core.sweeps.listing import possible_axes


def test_every_key_has_its_values(toml: Callable[[str], Path], registry: Registry) -> None:
    """Names, numbers, choices and files are told for each key."""
    source = read_source(toml('[network]\nname = "VGG16"\n'))

    axes = dict(possible_axes(source, registry))

    assert "eyeriss" == axes["dispatch.conv"]
    assert "numbers" == axes["technology.vdd"]
    assert "whole numbers, published" == axes["network.batch"]
    assert "files" == axes["network.file"]
