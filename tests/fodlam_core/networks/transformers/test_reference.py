"""Counts of published models against those of PyTorch's own counter."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fodlam_core.model.layers import Network

Build = Callable[..., Network]
DATA = Path(__file__).parents[3] / "data" / "transformers.json"
MODELS: dict[str, Any] = json.loads(DATA.read_text())["models"]
CASES = [(name, case) for name, model in MODELS.items() for case in model["macs"]]
RUNS = {
    "prefill512": {"prompt": 512},
    "decode_ctx1024": {"context": 1024},
    "image": {},
    "encode": {"part": "encode"},
    "decoder_prefill4": {"part": "prefill", "prompt": 4},
    "decode_ctx128": {"part": "decode", "context": 128},
    "decode_ctx224": {"part": "decode", "context": 224},
}


@pytest.mark.parametrize(("name", "case"), CASES)
def test_macs_of_each_class(
    name: str, case: str, network: Build, by_class: Callable[[Network], dict[str, int]]
) -> None:
    """With all logits and expanded attention every class has the MACs that torch counts."""
    model = MODELS[name]
    run = RUNS[case] | {"logits": "all", "mla": "expanded"}
    assert model["macs"][case] == by_class(network(model["config"], **run))


@pytest.mark.parametrize(
    ("name", "case"),
    [(name, case) for name, case in CASES if case == "prefill512" and name != "BERT-base"],
)
def test_last_row_of_logits(
    name: str, case: str, network: Build, by_class: Callable[[Network], dict[str, int]]
) -> None:
    """By default the head is computed for the last token of a prompt, and all else is the same."""
    model = MODELS[name]
    counted = by_class(network(model["config"], prompt=512))
    assert model["macs"][case] == counted | {"head": 512 * counted["head"]}


def test_absorbed_latent_attention(
    network: Build, by_class: Callable[[Network], dict[str, int]]
) -> None:
    """By default a decode step attends to the latents themselves."""
    model = MODELS["DeepSeek-V2-Lite"]
    counted = by_class(network(model["config"], context=1024))
    assert model["macs_absorbed"]["decode_ctx1024"] == counted


@pytest.mark.parametrize("name", MODELS)
def test_parameters_and_cache(name: str, network: Build) -> None:
    """Parameters, those that a token uses, and the bytes that it adds to the cache are exact."""
    model = MODELS[name]
    facts = network(model["config"]).transformer
    assert facts is not None
    assert model["parameters"] == facts.parameters
    assert model["active_parameters"] == facts.active_parameters
    assert model["kv_bytes_per_token"] == facts.kv_bytes_per_token
    assert model["cross_kv_bytes_per_token"] == facts.cross_kv_bytes_per_token
