"""Decoders: Llama and its kin, whose blocks differ in biases, norms, windows and experts.

As defined by the public code of Hugging Face transformers 5, ``modeling_*.py`` and the defaults
of ``configuration_*.py`` of each family.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from fodlam_core.networks.transformers.attention import Attention
from fodlam_core.networks.transformers.families.heads import causal_head
from fodlam_core.networks.transformers.families.windows import Windows, no_window
from fodlam_core.networks.transformers.fields import MOST, MOST_BLOCKS, Fields
from fodlam_core.networks.transformers.parts import Experts, Linear
from fodlam_core.networks.transformers.stacks import Block, Part, Stack, Transformer

FeedForward = Callable[[int], list[Part]]


@attrs.frozen
class Variant:
    """In what a decoder differs from Llama.

    Attributes:
        bias: whether q, k and v have a bias; None: as the field ``attention_bias`` says.
        output_bias: whether o has one; None: as ``attention_bias`` says.
        norms: norms in a block, each of the width.
        head_norms: whether queries and keys have a norm of their own, of the length of a head.
        tied: whether embedding and head are one, if the file does not say.
        head_dim: length of a head, if the file does not say; None: width by heads.
        fused: whether q, k, v are one matrix, and gate and up another.
        kv_heads: whether the number of heads of keys may be left out, as that of queries.
    """

    bias: bool | None = None
    output_bias: bool | None = None
    norms: int = 2
    head_norms: bool = False
    tied: bool = False
    head_dim: int | None = None
    fused: bool = False
    kv_heads: bool = False


def decoder(
    fields: Fields,
    variant: Variant,
    windows: Windows = no_window,
    feed_forward: FeedForward | None = None,
) -> Transformer:
    """Build a decoder from its fields.

    Args:
        fields: those of the file.
        variant: in what the family differs from Llama.
        windows: returns the window of each block.
        feed_forward: returns what follows attention in a block; by default a gated one.
    """
    width, vocabulary = fields.size("hidden_size"), fields.size("vocab_size")
    count = fields.size("num_hidden_layers", most=MOST_BLOCKS)
    heads, kv_heads, dim = grouped_heads(fields, width, variant)
    biased = fields.flag("attention_bias", default=False)
    bias = biased if variant.bias is None else variant.bias
    ends = biased if variant.output_bias is None else variant.output_bias
    feed_forward = feed_forward or plain_feed_forward(fields, width, variant)
    window = windows(fields, count)
    extra = variant.norms * width + (2 * dim if variant.head_norms else 0)

    def block(index: int) -> Block:
        attention = Attention(heads=heads, kv_heads=kv_heads, head_dim=dim, window=window(index))
        inputs = _projections(width, heads, kv_heads, dim, bias=bias, fused=variant.fused)
        output = Linear(name="o", inputs=heads * dim, outputs=width, bias=ends)
        return Block((*inputs, attention, output, *feed_forward(index)), extra)

    tied = fields.flag("tie_word_embeddings", default=variant.tied)
    return Transformer(
        vocabulary * width,
        decoder=Stack(
            width,
            tuple(map(block, range(count))),
            head=causal_head(fields, width, vocabulary, tied=tied),
            extra=width,
            positions=positions(fields),
        ),
    )


def grouped_heads(fields: Fields, width: int, variant: Variant) -> tuple[int, int, int]:
    """Return the number of heads, of heads of keys and values, and the length of a head."""
    heads = fields.size("num_attention_heads")
    kv_heads = (
        fields.size("num_key_value_heads", default=heads)
        if variant.kv_heads
        else fields.size("num_key_value_heads")
    )
    fields.divided(heads, kv_heads, "num_attention_heads by num_key_value_heads")
    dim = fields.size("head_dim", default=variant.head_dim or 0)
    dim = dim or fields.divided(width, heads, "hidden_size by num_attention_heads")
    return heads, kv_heads, dim


def positions(fields: Fields) -> int:
    """Return the longest context, with the reach that scaled rotary positions add to it."""
    most = fields.size("max_position_embeddings")
    scaling = fields.table.get("rope_scaling")
    if not isinstance(scaling, dict):
        return most
    reach = [scaling.get(key) for key in ("factor", "original_max_position_embeddings")]
    numbers = [n for n in reach if isinstance(n, int | float) and 0 < n < MOST]
    return max(most, int(numbers[0] * numbers[1])) if len(numbers) == 2 else most


def _projections(
    width: int, heads: int, kv_heads: int, dim: int, *, bias: bool, fused: bool
) -> Iterator[Linear]:
    if fused:
        yield Linear(name="qkv", inputs=width, outputs=(heads + 2 * kv_heads) * dim, bias=bias)
        return
    yield Linear(name="q", inputs=width, outputs=heads * dim, bias=bias)
    yield Linear(name="k", inputs=width, outputs=kv_heads * dim, bias=bias)
    yield Linear(name="v", inputs=width, outputs=kv_heads * dim, bias=bias)


def gated(width: int, inner: int, *, bias: bool = False, prefix: str = "") -> list[Part]:
    """Return a gated feed-forward layer: down(act(gate(x)) * up(x))."""
    return [
        Linear(name=f"{prefix}gate", inputs=width, outputs=inner, bias=bias),
        Linear(name=f"{prefix}up", inputs=width, outputs=inner, bias=bias),
        Linear(name=f"{prefix}down", inputs=inner, outputs=width, bias=bias),
    ]


def experts(width: int, inner: int, count: int, per_token: int) -> list[Part]:
    """Return a router and gated experts, gate and up in one product as servers run them."""
    return [
        Linear("router", width, count, quantized=False),
        Experts(
            name="experts_gate_up",
            inputs=width,
            outputs=2 * inner,
            count=count,
            per_token=per_token,
        ),
        Experts(name="experts_down", inputs=inner, outputs=width, count=count, per_token=per_token),
    ]


def expert_counts(fields: Fields, *names: str) -> tuple[int, int]:
    """Return the number of experts, under one of several names, and how many a token takes."""
    count = fields.size(*names, most=100_000)
    per_token = fields.size("num_experts_per_tok", most=100_000)
    fields.demand(
        f"num_experts_per_tok: {per_token}, of {count} experts ({names[0]})",
        holds=per_token <= count,
    )
    return count, per_token


def plain_feed_forward(fields: Fields, width: int, variant: Variant) -> FeedForward:
    """Return the same gated feed-forward layer for every block."""
    inner, bias = fields.size("intermediate_size"), fields.flag("mlp_bias", default=False)
    parts = gated(width, inner, bias=bias)
    if variant.fused:
        parts = [
            Linear(name="gate_up", inputs=width, outputs=2 * inner, bias=bias),
            Linear(name="down", inputs=inner, outputs=width, bias=bias),
        ]
    return lambda _: parts
