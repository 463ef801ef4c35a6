"""The same counts from PyTorch, where it and transformers are installed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fodlam_core.model.layers import Network

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

Build = Callable[..., Network]
DATA = Path(__file__).parents[3] / "data" / "transformer_variants.json"
VARIANTS: list[dict[str, Any]] = json.loads(DATA.read_text())["variants"]
TEXT = [each for each in VARIANTS if "prompt_macs" in each]


def _build(config: dict[str, Any]) -> Any:
    """Return the model on the meta device, where it has shapes and no weights."""
    fields = {key: value for key, value in config.items() if key != "model_type"}
    settings = transformers.CONFIG_MAPPING[config["model_type"]](**fields)
    settings._attn_implementation, settings._experts_implementation = "eager", "batched_mm"
    with torch.device("meta"):
        model = getattr(transformers, config["architectures"][0])(settings)
    model.tie_weights()
    return model.eval()


def _macs(model: Any, tokens: int) -> int:
    from torch.utils.flop_counter import FlopCounterMode

    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(input_ids=torch.ones(1, tokens, dtype=torch.long, device="meta"))
    return int(counter.get_total_flops()) // 2


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda each: each["config"]["architectures"][0])
def test_parameters(variant: dict[str, Any]) -> None:
    """Torch counts the parameters that the data of these tests have."""
    model = _build(variant["config"])
    assert variant["parameters"] == sum(each.numel() for each in model.parameters())


@pytest.mark.parametrize("variant", TEXT, ids=lambda each: each["config"]["architectures"][0])
def test_macs_of_a_prompt(variant: dict[str, Any]) -> None:
    """Torch counts the MACs that the data of these tests have."""
    assert variant["prompt_macs"] == _macs(_build(variant["config"]), 12)
