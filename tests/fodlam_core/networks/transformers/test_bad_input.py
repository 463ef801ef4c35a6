"""What is wrong with a question about a language model is said by the command, in one line each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Config = Callable[..., dict[str, Any]]


@pytest.fixture
def file(tmp_path: Path, config: Config) -> Callable[..., Path]:
    """Write a ``config.json`` with some fields changed."""

    def write(**changes: Any) -> Path:
        path = tmp_path / "config.json"
        path.write_text(json.dumps(config(**changes)))
        return path

    return write


@pytest.mark.parametrize(
    ("changes", "setting", "message"),
    [
        ({}, "network.context=129", "[network] context: 129 tokens (decode), but the model takes"),
        ({}, "network.prompt=129", "[network] prompt: 129 tokens (prefill), but the model takes"),
        ({}, "network.context=-1", "[network] context: -1 is not"),
        ({}, "network.context=0", "[network] context: 0 is not"),
        ({}, "network.prompt=1e400", "[network] prompt: expected a whole number"),
        ({}, "network.generate=true", "[network] generate: expected a whole"),
        ({}, "network.batch=-3", "[network] batch: -3 is not"),
        ({}, 'network.weights="int3"', "[network] weights: unknown precision 'int3'"),
        ({}, 'network.decode="some"', "decode"),
        ({"model_type": "llamma"}, "network.context=8", "model_type: unknown family 'llamma'"),
        ({"num_kv_head": 2}, "network.context=8", "num_kv_head: looks structural"),
        ({"q_lora_rank": 2}, "network.context=8", "q_lora_rank: looks structural"),
        ({"local_window_size": 2}, "network.context=8", "local_window_size: looks structural"),
        ({"hidden_size": -64}, "network.context=8", "hidden_size: expected a whole number"),
        ({"vocab_size": 10**12}, "network.context=8", "vocab_size: expected a whole number"),
        ({"num_hidden_layers": 0}, "network.context=8", "num_hidden_layers: expected a whole"),
        (
            {"quantization_config": {"quant_method": "hqq"}},
            "network.context=8",
            "quantization_config: quant_method 'hqq' is not covered",
        ),
    ],
)
def test_is_an_error_that_names_it(
    changes: dict[str, Any], setting: str, message: str, file: Callable[..., Path], cli: Any
) -> None:
    """Contexts, sizes, families, precisions and fields that cannot be: exit status 1 or 2."""
    result = cli("run", file(**changes), "--set", setting)
    assert result.status in (1, 2)
    assert result.out == ""
    assert message in result.err
    assert "Traceback" not in result.err


def test_quantised_weights_of_a_file_are_read(file: Callable[..., Path], cli: Any) -> None:
    """What ``quantization_config`` says is what the memory of weights is counted by."""
    sizes = []
    for changes in ({}, {"quantization_config": {"quant_method": "awq", "bits": 4}}):
        shown = cli("networks", "show", file(**changes), "--context", "8", "-f", "json")
        sizes.append(json.loads(shown.out)["memory"]["weights_bytes"])
    assert sizes[1] < 0.8 * sizes[0]
