"""Turns NVIDIA's measurements behind aiconfigurator into points that run language models.

    python tools/language_models.py GEMM_SAMPLE.csv ATTENTION_SAMPLE.csv MOE_SAMPLE.csv

A point has the matrix products of one framework, and attention and experts of vLLM, all at 16
bits. A kernel of attention is both of its products, scores and context, which are charged half of
its time each; one of experts is its three products, charged by their MACs. The network of a row
says what it shares with others, so that cross-validation leaves out what nobody measured: the
depth of a product to a factor of two, the heads of attention, the width of experts.

Every fifth kernel of attention is kept, of 256 keys and more, and prompts only where no window
cuts them; experts where one GPU has all of them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tables import Tables, fc, read

if TYPE_CHECKING:
    from collections.abc import Iterator

POINT = "llm-bf16"
KEYS = 256
EVERY = 5


def main(products: str, attention: str, experts: str) -> None:
    """Write the tables."""
    tables, names = Tables("language_models"), Tables("aiconfigurator")
    attended = {row["system"] for row in read(attention)}
    for row in read(products):
        if row["system"] in attended and row["dtype"] == "bfloat16":
            cells = fc(int(row["k"]), int(row["n"]), int(row["m"]))
            _add(tables, names, row, cells, _octave(int(row["k"])), row["latency_ms"])
    kept = [row for row in read(attention) if _is_kept(row)]
    for row in kept[::EVERY]:
        heads = f"attention, heads of {row['head_dim']}, {_shared(row)} for each of keys"
        for name, cells in _attention(row):
            _add(tables, names, row, cells, heads, _share(row, 1, 2), name)
    for row in read(experts):
        if row["moe_dtype"] == "bfloat16" and row["moe_tp_size"] == row["moe_ep_size"] == "1":
            sizes = f"experts of width {row['hidden_size']}"
            for name, cells, parts in _experts(row):
                _add(tables, names, row, cells, sizes, _share(row, parts, 3), name)
    tables.write()


def _add(
    tables: Tables,
    names: Tables,
    row: dict[str, str],
    cells: dict[str, object],
    network: str,
    latency_ms: str,
    name: str = "",
) -> None:
    chip, _ = names.chip(row["system"])
    title = "language models: products, attention and experts"
    tables.point(chip, POINT, title=title, kinds="fc matmul", precision="bf16")
    source = (
        row.get("source_file") or f"{row['table']}, {row['framework_run']} {row['version_run']}"
    )
    rest = {"layer": name} if name else {}
    batch = int(row.get("batch_size") or 1)
    tables.layer(
        *(chip, POINT, cells, network), batch=batch, latency_ms=latency_ms, source=source, **rest
    )


def _octave(depth: int) -> str:
    """Return a name for products of about one depth.

    >>> _octave(5120)
    'products of depth 4096 to 8191'
    """
    low = 1 << (depth.bit_length() - 1)
    return f"products of depth {low} to {2 * low - 1}"


def _shared(row: dict[str, str]) -> int:
    """Return how many heads of queries share one of keys."""
    return int(row["num_heads"]) // int(row["num_key_value_heads"])


def _share(row: dict[str, str], parts: int, of: int) -> str:
    return f"{float(row['latency']) * parts / of:.6g}"


def _is_kept(row: dict[str, str]) -> bool:
    heads, kv_heads = int(row["num_heads"]), int(row["num_key_value_heads"])
    window, prompt = int(row["window_size"] or 0), row["table"].startswith("context")
    cut = prompt and 0 < window < int(row["isl"])
    whole = heads % kv_heads == 0 and row["kv_cache_dtype"] == "bfloat16"
    return whole and not cut and _keys(row) >= KEYS


def _keys(row: dict[str, str]) -> int:
    if row["table"].startswith("context"):
        return int(row["isl"])
    window, keys = int(row["window_size"] or 0), int(row["step"]) + 1
    return min(keys, window or keys)


def _attention(row: dict[str, str]) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the two products; query heads that share keys are rows of one."""
    heads, kv_heads, width = (
        int(row[key]) for key in ("num_heads", "num_key_value_heads", "head_dim")
    )
    keys, rows = _keys(row), heads // kv_heads
    if row["table"].startswith("context"):
        rows *= keys
    name = f"{row['table'].split('_')[0]} {keys} keys {kv_heads} kv heads"
    for part, k, n in (("scores", width, keys), ("context", keys, width)):
        macs = rows * k * n * kv_heads
        sizes = {"m": rows, "k": k, "n": n, "count": kv_heads}
        yield f"{name}, {part}", {"kind": "matmul", "macs": macs, **sizes}


def _experts(row: dict[str, str]) -> Iterator[tuple[str, dict[str, object], int]]:
    """Yield the products of gate and up as one, and that of down, with their parts of the MACs."""
    tokens, width, inner, per_row, experts = (
        int(row[key]) for key in ("num_tokens", "hidden_size", "inter_size", "topk", "num_experts")
    )
    name = f"{per_row} of {experts}, {tokens} tokens, {row['distribution']}"
    for part, inputs, outputs, parts in (("up", width, 2 * inner, 2), ("down", inner, width, 1)):
        macs = inputs * outputs * tokens * per_row
        sizes = {"inputs": inputs, "outputs": outputs, "rows": tokens}
        cells = {"kind": "fc", "macs": macs, **sizes, "experts": experts, "per_row": per_row}
        yield f"{name}, {part}", cells, parts


if __name__ == "__main__":
    main(*sys.argv[1:])
