"""The reader of ``config.json``: what it accepts, names, and refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodlam_core import NetworkError
from fodlam_core.model.layers import Network
from fodlam_core.networks.files import open_network
from fodlam_core.networks.native import NativeReader
from fodlam_core.networks.reader import ReadOptions, TokenOptions
from fodlam_core.networks.transformers import TransformersReader
from fodlam_core.plugins.registry import load_registry

Build = Callable[..., Network]
Config = Callable[..., dict[str, Any]]


@pytest.fixture
def file(tmp_path: Path, config: Config) -> Path:
    """A ``config.json`` in a folder that bears the model's name."""
    path = tmp_path / "Small-Llama" / "config.json"
    path.parent.mkdir()
    path.write_text(json.dumps(config()))
    return path


def test_file_is_known_by_its_keys(file: Path) -> None:
    """A configuration is told from other JSON, and named after its folder."""
    network = open_network(
        file, load_registry().readers, ReadOptions(tokens=TokenOptions(prompt=8))
    )
    assert network.name == "Small-Llama"
    assert network.notes == ()
    assert network.layers[0].name == "prefill/block0/q"


def test_native_tables_are_not_taken() -> None:
    """A table of layers in JSON stays a native one, and a configuration is none."""
    table, fields = b'{"name": "x", "layers": []}', b'{\n "model_type": "llama"}'
    assert [TransformersReader().accepts(each) for each in (table, fields)] == [False, True]
    assert [NativeReader().accepts(each) for each in (table, fields)] == [True, False]


def test_unsaid_length_is_noted(config: Config, network: Build) -> None:
    """Without a prompt 512 tokens are assumed, or as many as the model takes, and it says so."""
    read = network(config())
    assert read.layers[0].shape is not None
    assert "prompt of 128 tokens, since neither prompt nor context is given" in read.notes[0]


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"model_type": None}, ["model_type: is missing; known are bert"]),
        ({"model_type": "lama"}, ["model_type: unknown family 'lama'; did you mean 'llama'?"]),
        ({"model_type": ["llama"]}, ["model_type: unknown family"]),
        (
            {"hidden_size": None, "vocab_size": None},
            ["hidden_size: is missing", "vocab_size: is missing"],
        ),
        ({"num_hidden_layers": -3}, ["num_hidden_layers: expected a whole number from 1 to 1000"]),
        ({"num_hidden_layers": 10**9}, ["num_hidden_layers: expected a whole number from 1"]),
        ({"hidden_size": 10**40}, ["hidden_size: expected a whole number", "got too much"]),
        ({"hidden_size": 64.0}, ["hidden_size: expected a whole number"]),
        ({"hidden_size": True}, ["hidden_size: expected a whole number"]),
        ({"hidden_size": 65}, ["hidden_size by num_attention_heads: 65 is not a multiple of 8"]),
        ({"num_key_value_heads": 3}, ["num_attention_heads by num_key_value_heads: 8"]),
        ({"attention_bias": 1}, ["attention_bias: expected true or false, got 1"]),
        ({"num_experts": 4}, ["num_experts: looks structural"]),
        ({"kv_lora_rank": 4}, ["kv_lora_rank: looks structural"]),
        ({"attention_window": 4}, ["attention_window: looks structural"]),
        ({"num_kv_heads": 4}, ["num_kv_heads: looks structural", "num_key_value_heads"]),
        ({"architectures": ["LlamaForSequenceClassification"]}, ["architectures: 'LlamaForSeq"]),
        ({"architectures": "LlamaForCausalLM"}, ["architectures: expected a list of strings"]),
        ({"quantization_config": {"quant_method": "aqlm"}}, ["quant_method 'aqlm' is not covered"]),
        ({"quantization_config": 4}, ["quantization_config: quant_method None is not covered"]),
        (
            {"quantization_config": {"quant_method": "gptq", "bits": 3}},
            ["bits 3 with group_size 128 is not covered"],
        ),
        (
            {"model_type": "mixtral", "num_local_experts": 2, "num_experts_per_tok": 3},
            ["num_experts_per_tok: 3, of 2 experts"],
        ),
        (
            {"model_type": "qwen3", "layer_types": ["full_attention"]},
            ["layer_types: 1 types for 3 num_hidden_layers"],
        ),
    ],
)
def test_bad_fields_are_named(
    changes: dict[str, Any], problems: list[str], config: Config, network: Build
) -> None:
    """Every mistake of a file is said at once, with the field it is in."""
    with pytest.raises(NetworkError) as caught:
        network(config(**changes), prompt=8)
    for problem in problems:
        assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"prompt": 129}, r"\[network\] prompt: 129 tokens .* takes at most 128"),
        ({"context": 129}, r"\[network\] context: 129 tokens .* takes at most 128"),
        ({"prompt": 100, "generate": 30}, r"\[network\] context: 129 tokens \(decode\)"),
        ({"prompt": 8, "context": 8}, r"\[network\] prompt: context is one decode step"),
        ({"generate": 8, "context": 8}, r"\[network\] generate: context is one decode step"),
        ({"prompt": 8, "part": "encode"}, r"\[network\] part: there is no encoder"),
        ({"prompt": 8, "part": "decode"}, r"\[network\] part: a decode step needs the keys"),
        ({"prompt": 8, "weights": "int3"}, r"\[network\] weights: unknown precision 'int3'"),
    ],
)
def test_bad_options_are_named(
    options: dict[str, Any], message: str, config: Config, network: Build
) -> None:
    """What cannot go through the model is an error that names the key."""
    with pytest.raises(NetworkError, match=message):
        network(config(), **options)


def test_options_are_refused_for_other_networks(tmp_path: Path) -> None:
    """A network of fixed layers has no prompt."""
    path = tmp_path / "net.toml"
    path.write_text('layers = [{name = "a", kind = "fc", inputs = 2, outputs = 2}]')
    options = ReadOptions(tokens=TokenOptions(prompt=8, weights="int4"))
    with pytest.raises(NetworkError) as caught:
        open_network(path, load_registry().readers, options)
    assert [str(path) + ": [network] " + key for key in ("prompt", "weights")] == [
        ": ".join(line.split(": ")[:2]) for line in str(caught.value).splitlines()
    ]


def test_input_and_regions_are_refused(file: Path) -> None:
    """A model's sizes do not follow from the size of an input."""
    with pytest.raises(NetworkError, match=r"\[network\] regions"):
        TransformersReader().read(file, ReadOptions(regions=3))


@settings(max_examples=150)
@given(data=st.data())
def test_any_bytes_are_read_or_refused(
    data: st.DataObject, check_mutated: Callable[..., None], config: Config
) -> None:
    """A damaged file gives a network, or an error that names it."""
    check_mutated(data, TransformersReader(), "config.json", json.dumps(config()).encode())
