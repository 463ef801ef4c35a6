"""Turns vidur's profiles of transformer blocks into tables.

    python tools/vidur.py vidur_ops.csv.gz

One point of a GPU has the four matrix products of a block by themselves; another, ``-blocks``, has
each with the element-wise work beside it: norm and rotary positions with the first, the norm and
the activation function with the third, the sum with the residual with the others. Rows of 1, 2, 4
... 4096 tokens are kept; those between them say the same.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict

from tables import Tables, fc, read

# Each product, and what runs beside it in a block.
PRODUCTS = {
    "attn_pre_proj": ("input_layernorm", "attn_rope"),
    "attn_post_proj": ("add",),
    "mlp_up_proj": ("input_layernorm", "mlp_act"),
    "mlp_down_proj": ("add",),
}
BLOCKS = "transformer blocks without attention: products with the element-wise work beside them"
SPLIT = ("gpu", "model", "tensor_parallel", "tokens")


def main(raw: str) -> None:
    """Write the tables."""
    tables = Tables("vidur")
    runs: dict[tuple[str, ...], dict[str, dict[str, str]]] = defaultdict(dict)
    times: Counter[tuple[str, ...]] = Counter()
    for row in read(raw):
        tokens = int(row["tokens"])
        if tokens & (tokens - 1):
            tables.refuse("numbers of tokens that are no power of two")
            continue
        split = [row[name] for name in SPLIT]
        times[(*split, row["op"])] += 1  # some sizes were measured twice
        runs[(*split, str(times[(*split, row["op"])]))][row["op"]] = row
    for ops in runs.values():
        for name, beside in PRODUCTS.items():
            _add(tables, ops[name], "vidur-fp16", "operators of transformer blocks, as profiled")
            together = sum(float(ops[each]["median_ms"]) for each in (name, *beside))
            row = {**ops[name], "median_ms": f"{together:.6g}"}
            _add(tables, row, "vidur-fp16-blocks", BLOCKS)
    tables.write()


def _add(tables: Tables, row: dict[str, str], point: str, title: str) -> None:
    chip, _ = tables.chip(row["gpu"])
    tables.point(chip, point, title=title, kinds="fc", precision="fp16")
    tables.layer(
        *(chip, point, fc(*_size(row), int(row["tokens"])), row["model"].split("/")[1]),
        layer=f"{row['op']} tp{row['tensor_parallel']} {row['tokens']} tokens",
        batch=1,
        latency_ms=row["median_ms"],
        source=row["source_file"],
    )


def _size(row: dict[str, str]) -> tuple[int, int]:
    """Return inputs and outputs of a product on one of the GPUs that share it.

    The MLP is gated, with twice the rows in its first product, in all of these models but phi-2:
    the first product takes twice the time of the second in all but that one.
    """
    width, ffn, heads, kv_heads, split = (
        int(row[key]) for key in ("n_embd", "n_ffn", "n_head", "n_kv_head", "tensor_parallel")
    )
    head = width // heads
    gates = 1 if row["model"].endswith("phi-2") else 2
    kv_heads = max(kv_heads, split)  # each GPU has at least one
    return {
        "attn_pre_proj": (width, (heads + 2 * kv_heads) * head // split),
        "attn_post_proj": (width // split, width),
        "mlp_up_proj": (width, gates * ffn // split),
        "mlp_down_proj": (ffn // split, width),
    }[row["op"]]


if __name__ == "__main__":
    main(*sys.argv[1:])
