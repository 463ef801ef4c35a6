"""Families and their variants, as torch counts them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import NetworkError
from fodlam_core.model.layers import Network
from fodlam_core.networks.transformers import model_of
from fodlam_core.networks.transformers.families import FAMILIES

Build = Callable[..., Network]
Config = Callable[..., dict[str, Any]]
DATA = Path(__file__).parents[3] / "data" / "transformer_variants.json"
VARIANTS: list[dict[str, Any]] = json.loads(DATA.read_text())["variants"]


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda each: each["config"]["architectures"][0])
def test_parameters_of_a_variant(variant: dict[str, Any]) -> None:
    """Biases, norms, ties, fused matrices, experts and heads are those of the public code."""
    assert variant["parameters"] == model_of(variant["config"]).parameters


@pytest.mark.parametrize(
    "variant",
    [each for each in VARIANTS if "prompt_macs" in each],
    ids=lambda each: each["config"]["architectures"][0],
)
def test_macs_of_a_variant(variant: dict[str, Any], network: Build) -> None:
    """A prompt of 12 tokens has the MACs that the flop counter of torch finds."""
    assert variant["prompt_macs"] == network(variant["config"], prompt=12, logits="all").total_macs


def test_every_family_has_a_variant() -> None:
    """No family goes uncounted."""
    assert set(FAMILIES) == {each["config"]["model_type"] for each in VARIANTS}


@pytest.mark.parametrize(
    ("changes", "windows"),
    [
        ({"model_type": "mistral", "sliding_window": 4}, [4, 4, 4]),
        ({"model_type": "mistral", "sliding_window": 0}, [9, 9, 9]),
        ({"model_type": "gemma2", "sliding_window": 4}, [4, 9, 4]),
        ({"model_type": "qwen2", "sliding_window": 4}, [9, 9, 9]),
        (
            {
                "model_type": "qwen2",
                "sliding_window": 4,
                "use_sliding_window": True,
                "max_window_layers": 2,
            },
            [9, 9, 4],
        ),
        (
            {
                "model_type": "qwen3",
                "sliding_window": 4,
                "use_sliding_window": True,
                "layer_types": ["full_attention", "sliding_attention", "full_attention"],
            },
            [9, 4, 9],
        ),
        ({"model_type": "llama", "sliding_window": 4}, None),
    ],
)
def test_windows(
    changes: dict[str, Any], windows: list[int] | None, config: Config, network: Build
) -> None:
    """A step over 9 keys sees those of the window in the blocks that slide."""
    changes["architectures"] = []
    if windows is None:
        with pytest.raises(NetworkError, match="sliding_window: looks structural"):
            network(config(**changes), context=9)
        return
    layers = network(config(**changes), context=9).layers
    scores = [each.shape for each in layers if each.name.endswith("attn_scores")]
    assert windows == [getattr(shape, "n", None) for shape in scores]


def test_cache_with_windows(config: Config, network: Build) -> None:
    """Each token adds the same bytes, but the cache of a window stops growing."""
    table = config(model_type="gemma2", architectures=[], head_dim=8, sliding_window=4)
    facts = network(table, context=9).transformer
    assert facts is not None
    assert facts.kv_bytes_per_token == 3 * 2 * 2 * 8 * 2
    assert facts.sequence.cache == (9 + 4 + 4) * 2 * 2 * 8 * 2


def test_layers_that_predict_further_tokens_are_left_out_and_noted(network: Build) -> None:
    """DeepSeek-V3 has layers for speculation, which no run of it counts."""
    table = next(
        each["config"] for each in VARIANTS if each["config"]["model_type"] == "deepseek_v3"
    )
    (note,) = network({**table, "num_nextn_predict_layers": 1}, prompt=3).notes
    assert note == "num_nextn_predict_layers: 1, not counted"
