"""What a language model costs by token."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fodlam_core import Estimate, estimate
from fodlam_core.estimates.tokens import grouped, token_figures

CHIP = """\
name = "gpu"
title = "A GPU"
kinds = ["fc", "matmul"]
provenance = "measured"
table = "gpu.csv"
predictors = ["smooth-roofline"]
memory_bytes = 300e6
[citation]
key = "gpu2026"
text = "A table"
bibtex = "@misc{gpu2026, title = {A table}}"
"""


def _rows() -> str:
    """Return products of a chip of 100 TMAC/s and 1 TB/s, 5 us for each, at 16 bits."""
    lines = ["network,layer,kind,inputs,outputs,rows,batch,latency_us"]
    for inputs in (256, 1024, 4096):
        for outputs in (768, 3072):
            for rows in (1, 16, 256, 2048):
                macs = inputs * outputs * rows
                size = 2 * (inputs * outputs + rows * (inputs + outputs))
                latency = ((macs / 100e12) ** 2 + (size / 1e12) ** 2) ** 0.5 + 5e-6
                name = f"{inputs} {outputs} {rows}"
                lines.append(f"net {inputs},{name},fc,{inputs},{outputs},{rows},1,{latency * 1e6}")
    return "\n".join(lines)


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Estimate]:
    """Estimate GPT-2 on that chip, with further lines under ``[network]``."""
    (tmp_path / "gpu.toml").write_text(CHIP)
    (tmp_path / "gpu.csv").write_text(_rows())

    def build(*lines: str, name: str = "GPT-2") -> Estimate:
        path = tmp_path / "run.toml"
        path.write_text(
            "\n".join(
                (
                    f'[network]\nname = "{name}"',
                    *lines,
                    '[dispatch]\nfc = "gpu"\nmatmul = "gpu"',
                    '[accelerator.gpu]\nfile = "gpu.toml"',
                )
            )
        )
        return estimate(path)

    return build


def _figures(result: Estimate) -> dict[str, Any]:
    return {each.name: each for each in token_figures(result)}


def test_figures_are_sums_over_phases(run: Callable[..., Estimate]) -> None:
    """The prefill gives the first token; each step one of every sequence."""
    result = run("prompt = 64", "generate = 5", "batch = 4")
    figures = _figures(result)
    first, step = figures["time_to_first_token_s"], figures["time_per_output_token_s"]
    by_phase = {
        phase: sum(
            each.latency_s or 0.0 for each in result.layers if each.layer.name.startswith(phase)
        )
        for phase in ("prefill", "decode")
    }
    assert by_phase["prefill"] == pytest.approx(first.value)
    assert by_phase["decode"] == pytest.approx(4 * step.value)
    assert figures["output_tokens_per_s"].value == pytest.approx(4 / step.value)
    assert first.share == step.share == 1.0
    assert first.bounds[0] < first.value < first.bounds[1]
    assert "energy_per_output_token_j" not in figures


def test_a_step_waits_for_weights(run: Callable[..., Estimate]) -> None:
    """Sixteen sequences take little longer than one, as they share the weights."""
    one, many = (
        _figures(run("context = 64", f"batch = {n}"))["time_per_output_token_s"].value
        for n in (1, 16)
    )
    assert one < many < 1.6 * one


def test_table_has_few_rows(run: Callable[..., Estimate], cli: Any, tmp_path: Path) -> None:
    """Equal layers of all blocks are one row, with the costs of all of them."""
    result = run("prompt = 64", "generate = 5")
    rows = list(grouped(result))
    assert len(rows) == 14
    assert sum(each.amounts.latency_s or 0.0 for each in rows) == pytest.approx(
        result.totals["total"].latency_s
    )
    out = cli("run", tmp_path / "run.toml").out
    assert "prefill/blocks/qkv x12" in out
    assert "time per output token" in out
    assert "4 steps that attend to 65 to 68 keys" in out


def test_json_has_them(run: Callable[..., Estimate], cli: Any, tmp_path: Path) -> None:
    """The same figures with interval and share stand in the JSON; null for other networks."""
    run("context = 64")
    record = json.loads(cli("run", tmp_path / "run.toml", "--format", "json").out)
    assert set(record["tokens"]) == {
        "time_per_output_token_s",
        "output_tokens_per_s",
        "energy_per_output_token_j",
    }
    assert record["tokens"]["energy_per_output_token_j"] is None
    assert record["tokens"]["time_per_output_token_s"]["macs_share"] == 1.0
    assert estimate("examples/vgg16.toml").to_dict()["tokens"] is None


def test_what_does_not_fit_is_said(run: Callable[..., Estimate]) -> None:
    """Weights alone fit into 300 MB; with the caches of 32 sequences they need several chips."""
    assert not [note for note in run("context = 1024").notes if note.startswith("does not fit")]
    (note,) = (
        note
        for note in run("context = 1024", "batch = 32").notes
        if note.startswith("does not fit")
    )
    assert "weights (fp16) take 248.9 MB, the cache of 32 sequences 1.208 GB" in note
    assert "5 such chips would hold them" in note


def test_attention_nobody_measured_is_outside(run: Callable[..., Estimate]) -> None:
    """A chip of which only products with weights are known says so of attention."""
    notes = " ".join(run("context = 64").notes)
    assert "attention" in notes or "outside" in notes
