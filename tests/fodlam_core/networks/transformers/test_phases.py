"""The parts of a run: prompt, decode steps, and encoders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodlam_core import NetworkError
from fodlam_core.model.layers import Network

Build = Callable[..., Network]
Config = Callable[..., dict[str, Any]]
T5 = {
    "model_type": "t5",
    "d_model": 64,
    "d_kv": 16,
    "d_ff": 96,
    "num_layers": 2,
    "num_heads": 3,
    "vocab_size": 100,
}
VIT = {
    "model_type": "vit",
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "image_size": 32,
    "patch_size": 8,
}


def _steps(network: Network) -> list[tuple[str, int]]:
    assert network.transformer is not None
    return [(phase.name, phase.steps) for phase in network.transformer.phases]


def test_the_prompt_gives_the_first_token(config: Config, network: Build) -> None:
    """Of 5 tokens 4 are decode steps; each layer of them runs so often."""
    read = network(config(), prompt=8, generate=5)
    assert _steps(read) == [("prefill", 1), ("decode", 4)]
    assert {layer.repeat for layer in read.phase("decode")} == {4}
    assert _steps(network(config(), prompt=8, generate=1)) == [("prefill", 1)]


@given(prompt=st.integers(1, 40), generate=st.integers(2, 20), window=st.integers(0, 50))
def test_stepped_is_the_sum_of_single_steps(
    prompt: int, generate: int, window: int, config: Config, network: Build
) -> None:
    """Steps one by one have the MACs of as many runs of one step."""
    table = config(model_type="mistral", architectures=[], sliding_window=window)
    read = network(table, prompt=prompt, generate=generate, decode="stepped")
    steps = (
        network(table, context=prompt + 1 + number).total_macs for number in range(generate - 1)
    )
    assert sum(layer.total_macs for layer in read.phase("decode")) == sum(steps)


@given(prompt=st.integers(1, 40), generate=st.integers(2, 20), window=st.integers(0, 50))
def test_mean_is_the_sum_of_steps_but_for_rounding_up(
    prompt: int, generate: int, window: int, config: Config, network: Build
) -> None:
    """Steps at their mean context have the MACs of all of them, and at most a key more for each."""
    table = config(model_type="mistral", architectures=[], sliding_window=window)
    mean, stepped = (
        network(table, prompt=prompt, generate=generate, decode=decode).total_macs
        for decode in ("mean", "stepped")
    )
    one_key = 3 * 8 * 8 * 2  # blocks, heads, length of a head, two products
    assert stepped <= mean < stepped + one_key * generate


@given(rows=st.integers(1, 60), window=st.integers(0, 70))
def test_half_counts_what_the_mask_leaves(
    rows: int, window: int, config: Config, network: Build
) -> None:
    """With half a square, a row is multiplied with the keys that it and its window see."""
    table = config(model_type="mistral", architectures=[], sliding_window=window)
    layers = network(table, prompt=rows, causal="half").layers
    scores = sum(layer.macs for layer in layers if layer.name.endswith("block0/attn_scores"))
    scores += sum(layer.macs for layer in layers if layer.name.endswith("block0/band/attn_scores"))
    seen = sum(min(row + 1, window or rows) for row in range(rows))
    assert scores == seen * 8 * 8


def test_keys_of_a_group_are_read_once(config: Config, network: Build) -> None:
    """Query heads that share keys are rows of one product, so that its operands are the cache."""
    shape = next(
        layer.shape
        for layer in network(config(), context=9).layers
        if layer.name == "decode/block0/attn_scores"
    )
    assert str(shape) == "(4x8) (8x9), 2 times"


def test_encoder_and_decoder(network: Build) -> None:
    """A whole run encodes its prompt, starts with one token, and decodes the others."""
    read = network(T5, prompt=30, generate=4)
    assert _steps(read) == [("encode", 1), ("prefill", 1), ("decode", 3)]
    cross = [layer for layer in read.layers if "cross_k" in layer.name]
    assert {layer.name.split("/")[0] for layer in cross} == {"prefill"}
    assert {getattr(layer.shape, "rows", None) for layer in cross} == {30}


@pytest.mark.parametrize(
    ("options", "source", "rows"),
    [
        ({"part": "prefill", "prompt": 4}, 512, 4),
        ({"part": "prefill", "prompt": 30, "context": 4}, 30, 4),
        ({"part": "decode", "context": 9}, 512, 1),
        ({"part": "decode", "context": 9, "prompt": 30}, 30, 1),
    ],
)
def test_source_of_a_decoder(
    options: dict[str, Any], source: int, rows: int, network: Build
) -> None:
    """The encoder's tokens are the prompt, where the context says those of the decoder."""
    layers = {layer.name: layer.shape for layer in network(T5, **options).layers}
    name = f"{options['part']}/block0/cross_attn_scores"
    assert str(layers[name]) == f"({rows}x16) (16x{source}), 3 times"


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (VIT, {"prompt": 4}, "the input is always 17 tokens"),
        (VIT, {"generate": 4}, "generates nothing"),
        (VIT, {"part": "decode"}, "there is no decode, only encode"),
        (T5, {"part": "decode"}, "a decode step needs the keys"),
        (T5, {"part": "encode", "context": 3}, "an encoder has no cache"),
    ],
)
def test_what_does_not_fit_is_refused(
    table: dict[str, Any], options: dict[str, Any], message: str, network: Build
) -> None:
    """Options that a model has no use for are errors."""
    with pytest.raises(NetworkError, match=message):
        network(table, **options)


def test_too_many_steps_are_refused(config: Config, network: Build) -> None:
    """Each step by itself is for as many as a table can hold."""
    table = config(max_position_embeddings=10**6)
    with pytest.raises(NetworkError, match=r'give \[network\] decode = "mean"'):
        network(table, prompt=8, generate=10**5, decode="stepped")
