"""``networks show`` of transformers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


def _show(cli: Cli, *arguments: object) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(cli("networks", "show", *arguments, "-f", "json").out)
    return record


def test_json_has_counts_by_class(cli: Cli) -> None:
    """A decode step of GPT-2 over 1024 keys: parameters, cache, MACs by class and in all."""
    record = _show(cli, "GPT-2", "--context", 1024)
    assert record["parameters"] == record["active_parameters"] == 124_439_808
    assert record["kv_bytes_per_token"] == 36_864
    assert record["macs_by_class"] == {
        "qkv": 21_233_664,
        "attn_scores": 9_437_184,
        "attn_context": 9_437_184,
        "o": 7_077_888,
        "up": 28_311_552,
        "down": 28_311_552,
        "head": 38_597_376,
    }
    assert record["total_macs"] == 142_406_400
    assert [phase["name"] for phase in record["phases"]] == ["decode"]


def test_batch_multiplies_totals_and_memory(cli: Cli) -> None:
    """Totals and the cache are those of all sequences; weights are there once."""
    one, four = (_show(cli, "GPT-2", "--prompt", 8, "--generate", 3, "--batch", n) for n in (1, 4))
    assert four["total_macs"] == 4 * one["total_macs"]
    assert four["macs_by_class"] == {key: 4 * n for key, n in one["macs_by_class"].items()}
    assert four["memory"]["kv_cache_bytes"] == 4 * one["memory"]["kv_cache_bytes"] == 4 * 10 * 36864
    assert four["memory"]["weights_bytes"] == one["memory"]["weights_bytes"] == 2 * 124_439_808


@pytest.mark.parametrize("width", [60, 100])
def test_table_has_a_row_for_equal_layers(
    width: int, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a person equal layers of all blocks are one row; --no-blocks shows each."""
    monkeypatch.setenv("COLUMNS", str(width))
    out = cli("networks", "show", "GPT-2", "--prompt", 8, "--weights", "int4").out
    assert len(out.splitlines()) < 45
    assert "prefill/blocks/attn_scores" in out
    assert "memory for weights, int4" in out
    assert "prompt of 8 tokens" in out
    rows = cli("networks", "show", "GPT-2", "--prompt", 8, "--no-blocks").out
    assert "prefill/block11/attn_scores" in rows


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("GPT-2", "--prompt", "1025"), "--prompt: 1025 tokens (prefill), but the model takes at"),
        (("GPT-2", "--context", "0"), "'0' is not a whole number from 1"),
        (("GPT-2", "--context", "-4"), "'-4' is not a whole number from 1"),
        (("GPT-2", "--context", "9", "--prompt", "9"), "--prompt: context is one decode step"),
        (("GPT-2", "--weights", "int5"), "--weights: unknown precision 'int5'"),
        (("VGG16", "--prompt", "8"), "--prompt: only for a transformer"),
        (("T5-base", "--prompt", "8"), "unknown network 'T5-base'"),
    ],
)
def test_mistakes_name_the_option(cli: Cli, arguments: tuple[str, ...], message: str) -> None:
    """What cannot run is an error in terms of the command line."""
    result = cli("networks", "show", *arguments)
    assert result.status in (1, 2)
    assert message in result.err


def test_assumed_prompt_is_a_warning(cli: Cli) -> None:
    """Without a length the command says what it took."""
    err = cli("networks", "show", "GPT-2").err
    assert "prompt of 512 tokens, since neither prompt nor context is given" in err


def test_file_is_read(cli: Cli, tmp_path: Path) -> None:
    """A config.json is read by itself, and a mistake in it names the file and the field."""
    path = tmp_path / "Tiny" / "config.json"
    path.parent.mkdir()
    fields = {"model_type": "gpt2", "n_embd": 8, "n_head": 2, "n_positions": 16, "vocab_size": 32}
    path.write_text(json.dumps(fields))
    assert (
        f"{path}: n_layer (or num_hidden_layers): is missing" in cli("networks", "show", path).err
    )
    path.write_text(json.dumps({**fields, "n_layer": 1}))
    assert _show(cli, path, "--prompt", 4)["name"] == "Tiny"


def test_conversion_keeps_the_layers(cli: Cli, tmp_path: Path) -> None:
    """A run becomes a native table, experts included, that reads as the same layers."""
    target = tmp_path / "net.toml"
    cli("networks", "convert", "Mixtral-8x7B", "--context", "9", target)
    shown, read = _show(cli, "Mixtral-8x7B", "--context", 9), _show(cli, target)
    assert shown["layers"] == read["layers"]
