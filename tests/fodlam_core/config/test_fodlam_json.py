"""FODLAM's own configurations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fodlam_core import load_config


def test_what_fodlam_fixed(toml: Callable[..., Path]) -> None:
    """A configuration of FODLAM means 65 nm, Dennard scaling and costs as printed."""
    config = load_config(toml('{"net": "VGG16", "layers": ["CONV1_1"]}', "a.json"))

    assert ("VGG16", ("CONV1_1",)) == (config.network.name, config.network.layers)
    assert "published" == config.network.batch
    assert (65, "dennard") == (config.technology.node_nm, config.technology.scaler)


def test_keys_that_mean_nothing_are_told(toml: Callable[..., Path]) -> None:
    """A further key is ignored, as FODLAM did, with a warning."""
    config = load_config(toml('{"net": "VGG16", "layers": ["FC6"], "x": 1}', "a.json"))

    assert ["'x'" in text for text in config.warnings] == [True]
