"""``[network]`` keys of transformers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fodlam_core import Config, ConfigError, NetworkConfig, Registry, load_config
from fodlam_core.estimates.network import configured_network

Toml = Callable[..., Path]


def test_keys_reach_the_network(toml: Toml, registry: Registry) -> None:
    """What a file says goes through the model."""
    path = toml('[network]\nname = "GPT-2"\nprompt = 8\ngenerate = 3\nlogits = "all"')
    network = configured_network(load_config(path, registry), registry)
    assert network.transformer is not None
    assert [(each.name, each.steps) for each in network.transformer.phases] == [
        ("prefill", 1),
        ("decode", 2),
    ]
    assert str(network.phase("prefill")[-1].shape) == "768 -> 50257, 8 rows"


def test_keys_in_code() -> None:
    """The same keys in Python give the same tokens."""
    assert NetworkConfig("GPT-2", context=9).tokens.given == ["context"]
    with pytest.raises(ValueError, match="0 is not between 1"):
        Config(NetworkConfig("GPT-2", prompt=0))


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ('name = "GPT-2"\nprompt = 1025', "[network] prompt: 1025 tokens (prefill), but the model"),
        ('name = "GPT-2"\nprompt = -1', "[network] prompt: -1 is not between 1 and 100000000"),
        ('name = "GPT-2"\nprompt = 1e3', "[network] prompt: expected a whole number"),
        ('name = "GPT-2"\nprompt = 8\ncontext = 8', "[network] prompt: context is one decode step"),
        ('name = "GPT-2"\nlogits = "first"', '[network] logits: expected one of "last", "all"'),
        ('name = "GPT-2"\nweights = "int3"', "[network] weights: unknown precision 'int3'"),
        ('name = "GPT-2"\npromt = 8', "[network]: unknown key 'promt'; did you mean 'prompt'?"),
        (
            'name = "VGG16"\nprompt = 8',
            "[network] prompt: only for a transformer, which VGG16 is not",
        ),
    ],
)
def test_mistakes_name_the_key(lines: str, problem: str, toml: Toml, registry: Registry) -> None:
    """What cannot go through a model is said when the configuration is read."""
    with pytest.raises(ConfigError) as caught:
        load_config(toml(f"[network]\n{lines}"), registry)
    assert problem in str(caught.value)


def test_layers_may_be_chosen(toml: Toml, registry: Registry) -> None:
    """Layers of a run are chosen by name, and an unknown one is found at once."""
    lines = '[network]\nname = "GPT-2"\ncontext = 9\nlayers = ["decode/block0/qkv"]'
    assert load_config(toml(lines), registry).network.layers == ("decode/block0/qkv",)
    with pytest.raises(ConfigError, match="did you mean 'decode/block0/qkv'"):
        load_config(toml(lines.replace("block0/qkv", "block0/qkw")), registry)
