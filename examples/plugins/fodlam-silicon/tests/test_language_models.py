"""Language models against what others measured of whole engines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fodlam_silicon.point import accelerator

from fodlam_core.networks.reader import TokenOptions
from fodlam_core.networks.zoo import zoo_network

# Median time per output token in ms of Llama-3.1-8B-Instruct on one H100 by average batch, from
# ml-energy/leaderboard @0cd52da, public/data/tasks/lm-arena-chat.json, contexts of about 500.
MEASURED = {8: 7.32, 16: 7.91, 32: 8.91}


@pytest.fixture(scope="module")
def fitted() -> Any:
    """The predictor of an H100, fitted to kernels only."""
    chip = accelerator("h100-sxm-80gb", "llm-bf16")
    return chip.predictors[0].fit(chip.measurements)


@pytest.mark.parametrize("batch", MEASURED)
def test_sums_of_kernels_come_near_an_engine(batch: int, fitted: Any) -> None:
    """What is between kernels takes at most a quarter of a decode step at small batches."""
    layers = zoo_network("Llama-3.1-8B", TokenOptions(context=500)).layers
    step_ms = 1e3 * sum(fitted.predict(layer, batch).latency_s for layer in layers)
    assert 0.75 < step_ms / MEASURED[batch] < 1.05


def test_example_names_points_that_there_are() -> None:
    """The example runs on a point of the library."""
    text = (Path(__file__).parents[1] / "examples" / "llama-3.1-8b.toml").read_text()
    assert text.count('"h100-sxm-80gb/llm-bf16"') == 2
    assert accelerator("h100-sxm-80gb", "llm-bf16").kinds == ("fc", "matmul")
