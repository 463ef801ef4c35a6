"""What weights are stored as, and the memory of a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fodlam_core.model.layers import Network
from fodlam_core.model.transformer import Memory

Build = Callable[..., Network]
Config = Callable[..., dict[str, Any]]
# Of the small Llama: matrices of the blocks, and all other parameters.
MATRICES = 3 * (64 * (64 + 2 * 16) + 64 * 64 + 3 * 64 * 96)
OUTPUTS = 3 * (64 + 2 * 16 + 64 + 2 * 96 + 64)
REST = 214464 - MATRICES


@pytest.mark.parametrize(
    ("weights", "bits"),
    [
        ("fp32", 32 * (MATRICES + REST)),
        ("fp16", 16 * (MATRICES + REST)),
        ("int8", 8 * MATRICES + 16 * OUTPUTS + 16 * REST),
        ("int4", 4 * MATRICES + 20 * MATRICES // 128 + 16 * REST),
        ("nvfp4", 4 * MATRICES + 8 * MATRICES // 16 + 16 * REST),
    ],
)
def test_scales_are_counted(weights: str, bits: int, config: Config, network: Build) -> None:
    """Matrices of blocks are quantised, with their scales; embedding, head and norms are not."""
    facts = network(config(), prompt=8, weights=weights).transformer
    assert facts is not None
    assert facts.precision == weights
    assert facts.sequence.weights == bits // 8


@pytest.mark.parametrize(
    ("stored", "precision", "bits"),
    [
        ({"quant_method": "fp8", "weight_block_size": [128, 128]}, "fp8", None),
        ({"quant_method": "awq", "bits": 4, "group_size": 64}, "int4", 4 * MATRICES + 20 * 1344),
        ({"quant_method": "bitsandbytes", "load_in_8bit": True}, "int8", None),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "int4", None),
        ({"quant_method": "mxfp4"}, "mxfp4", 4 * MATRICES + 8 * MATRICES // 32),
    ],
)
def test_quantization_config_is_read(
    stored: dict[str, Any], precision: str, bits: int | None, config: Config, network: Build
) -> None:
    """What a file says of its weights counts, unless a precision is asked for."""
    table = config(quantization_config=stored)
    facts, other = (network(table, prompt=8, **more).transformer for more in ({}, WEIGHTS))
    assert facts is not None
    assert other is not None
    assert facts.precision == precision
    assert other.precision == "fp16"
    assert facts.sequence.weights < other.sequence.weights
    if bits is not None:
        assert facts.sequence.weights == (bits + 16 * REST) // 8


WEIGHTS = {"weights": "fp16"}


def test_memory_grows_with_sequences(config: Config, network: Build) -> None:
    """Weights are there once, cache and activations for each sequence."""
    facts = network(config(), context=9).transformer
    assert facts is not None
    assert facts.kv_bytes_per_token == 3 * 2 * 2 * 8 * 2
    assert facts.memory(4) == Memory(214464 * 2, 4 * 9 * 192, 4 * 2 * (64 + 64 + 1000))
    assert facts.memory(4).total == sum((214464 * 2, 4 * 9 * 192, 4 * 2 * 1128))
