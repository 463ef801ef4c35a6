"""The language models that tables name."""

from __future__ import annotations

import pytest
from fodlam_silicon.catalogue import index
from fodlam_silicon.models import is_run, models, run, short_run
from fodlam_silicon.point import accelerator


@pytest.mark.parametrize("name", models())
def test_parameters(name: str) -> None:
    """Each model has the parameters that torch counts."""
    facts = run(f"{name} step 8").transformer
    assert facts is not None
    assert models()[name]["parameters"] == facts.parameters


def test_runs() -> None:
    """A step attends to so many keys, a prompt has so many rows; other names are no runs."""
    step, prompt = run("Qwen3-8B step 300"), run("Qwen3-8B prompt 300")
    assert {layer.shape.n for layer in step.layers if layer.name.endswith("attn_scores")} == {300}
    assert {layer.shape.rows for layer in prompt.layers if layer.name.endswith("/q")} == {300}
    assert not is_run("Qwen3-8B")
    assert not is_run("Qwen3-9B step 300")


@pytest.mark.parametrize("name", models())
def test_short_runs_are_the_same(name: str) -> None:
    """One block, repeated, has the MACs of all blocks."""
    for what in ("step", "prompt"):
        long, short = run(f"{name} {what} 1500"), short_run(f"{name} {what} 1500")
        assert long.total_macs == short.total_macs
        assert len(short.layers) <= len(long.layers)


@pytest.mark.parametrize("source", ["llamacpp", "mlenergy"])
def test_every_measured_run_is_known(source: str) -> None:
    """The layers of every measured run are known, so that a predictor can be fitted to it."""
    for chip, entry in index().items():
        for name, point in entry["points"].items():
            if point[0] == source:
                found = accelerator(chip, name)
                assert {each.network for each in found.references} <= set(found.networks)
