"""Runs of the language models that the tables name: a prompt, or one step of decoding."""

from __future__ import annotations

import functools
import re
from typing import Any

import attrs
import tomli

from fodlam_core import Network, TokenOptions, transformer_network

from .catalogue import HERE

RUN = re.compile(r"(?P<model>.+) (?P<what>prompt|step) (?P<tokens>\d+)")


def is_run(name: str) -> bool:
    """Tell whether a name is that of a run of one of the models.

    >>> is_run("Qwen3-8B step 512"), is_run("VGG16")
    (True, False)
    """
    found = RUN.fullmatch(name) if " " in name else None
    return found is not None and found["model"] in models()


def run(name: str) -> Network:
    """Return the layers of a run of one sequence.

    >>> run("Llama-3-8B step 1024").total_macs
    7773093888
    """
    return _network(name, _model(name)["config"])


@functools.lru_cache(maxsize=512)
def short_run(name: str) -> Network:
    """Return a run in which equal blocks are one block that is repeated, for fits of many runs.

    >>> short_run("Llama-3-8B step 1024").total_macs
    7773093888
    """
    config = _model(name)["config"]
    if "sliding_window" in config:  # its blocks differ
        return run(name)
    one = _network(name, {**config, "num_hidden_layers": 1})
    blocks = config["num_hidden_layers"]
    layers = (
        attrs.evolve(layer, repeat=layer.repeat * (blocks if "/block0/" in layer.name else 1))
        for layer in one.layers
    )
    return attrs.evolve(one, layers=tuple(layers), transformer=None)


def _network(name: str, config: dict[str, Any]) -> Network:
    found = _parts(name)
    tokens = int(found["tokens"])
    options = (
        TokenOptions(prompt=tokens) if found["what"] == "prompt" else TokenOptions(context=tokens)
    )
    source = _model(name)["source"]
    return attrs.evolve(transformer_network(config, "", name, options, source), measured_as=name)


def _model(name: str) -> dict[str, Any]:
    """Return what is known of the model of a run."""
    return models()[_parts(name)["model"]]


def _parts(name: str) -> re.Match[str]:
    found = RUN.fullmatch(name)
    assert found is not None
    return found


def family(name: str) -> str:
    """Return the family of the model of a run: models of the same blocks.

    >>> family("Qwen3-8B step 512")
    'Qwen 3'
    """
    return str(_model(name)["family"])


@functools.cache
def models() -> dict[str, dict[str, Any]]:
    """Return what is known of each model, by name."""
    with open(HERE / "models.toml", "rb") as file:
        return tomli.load(file)
