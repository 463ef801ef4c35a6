"""What the tests of transformers share: small configurations of every family."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from fodlam_core.model.layers import Network
from fodlam_core.model.transformer import layer_class
from fodlam_core.networks.reader import TokenOptions
from fodlam_core.networks.transformers import transformer_network

LLAMA = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": 64,
    "intermediate_size": 96,
    "max_position_embeddings": 128,
    "num_attention_heads": 8,
    "num_hidden_layers": 3,
    "num_key_value_heads": 2,
    "vocab_size": 1000,
}


@pytest.fixture(scope="session")
def config() -> Callable[..., dict[str, Any]]:
    """A small Llama with some fields changed; ``None`` removes a field."""

    def build(**changes: Any) -> dict[str, Any]:
        return {key: value for key, value in (LLAMA | changes).items() if value is not None}

    return build


@pytest.fixture(scope="session")
def network() -> Callable[..., Network]:
    """Read a configuration: ``network(config, prompt=512)``."""

    def build(table: Mapping[str, Any], **options: Any) -> Network:
        return transformer_network(table, "config.json", "net", TokenOptions(**options))

    return build


@pytest.fixture(scope="session")
def by_class() -> Callable[[Network], dict[str, int]]:
    """Return the MACs of each class of layers."""

    def count(network: Network) -> dict[str, int]:
        totals: Counter[str] = Counter()
        for layer in network.layers:
            totals[layer_class(layer.name)] += layer.total_macs
        return dict(totals)

    return count
