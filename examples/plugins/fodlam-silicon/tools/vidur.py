"""Turns vidur's profiles of transformer blocks into tables: the four matrix products of a block.

    python tools/vidur.py vidur_ops.csv.gz

Rows of 1, 2, 4 ... 4096 tokens are kept; those between them say the same.
"""

from __future__ import annotations

import sys

from tables import Tables, fc, read

PRODUCTS = ("attn_pre_proj", "attn_post_proj", "mlp_up_proj", "mlp_down_proj")


def main(raw: str) -> None:
    """Write the tables."""
    tables = Tables("vidur")
    for row in read(raw):
        tokens = int(row["tokens"])
        if row["op"] not in PRODUCTS:
            tables.refuse("operators that are no matrix products")
            continue
        if tokens & (tokens - 1):
            tables.refuse("numbers of tokens that are no power of two")
            continue
        chip, _ = tables.chip(row["gpu"])
        tables.point(
            chip,
            "vidur-fp16",
            title="operators of transformer blocks, as vidur profiled them",
            kinds="fc",
            precision="fp16",
        )
        split = row["tensor_parallel"]
        tables.layer(
            *(chip, "vidur-fp16", fc(*_size(row), tokens), row["model"].split("/")[1]),
            layer=f"{row['op']} tp{split} {tokens} tokens",
            batch=1,
            latency_ms=row["median_ms"],
            source=row["source_file"],
        )
    tables.write()


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
