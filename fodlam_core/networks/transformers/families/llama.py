"""Llama, Mistral, Mixtral, Qwen 2 and 3, Gemma and Phi-3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.networks.transformers.families import windows
from fodlam_core.networks.transformers.families.decoders import (
    FeedForward,
    Variant,
    decoder,
    expert_counts,
    experts,
    gated,
)
from fodlam_core.networks.transformers.parts import Linear

if TYPE_CHECKING:
    from fodlam_core.networks.transformers.fields import Fields
    from fodlam_core.networks.transformers.stacks import Part, Transformer


def llama(fields: Fields) -> Transformer:
    """Build Llama 1 to 3."""
    return decoder(fields, Variant(kv_heads=True))


def mistral(fields: Fields) -> Transformer:
    """Build Mistral."""
    return decoder(fields, Variant(bias=False, output_bias=False), windows.everywhere(4096))


def mixtral(fields: Fields) -> Transformer:
    """Build Mixtral: Mistral with experts in every block."""
    width, inner = fields.size("hidden_size"), fields.size("intermediate_size")
    count, per_token = expert_counts(fields, "num_local_experts", "num_experts")
    parts = experts(width, inner, count, per_token)
    variant = Variant(bias=False, output_bias=False)
    return decoder(fields, variant, windows.everywhere(None), lambda _: parts)


def qwen2(fields: Fields) -> Transformer:
    """Build Qwen 2 and 2.5."""
    return decoder(fields, Variant(bias=True, output_bias=False), windows.from_block)


def qwen3(fields: Fields) -> Transformer:
    """Build Qwen 3, whose queries and keys have norms."""
    return decoder(fields, Variant(head_norms=True, head_dim=128), windows.from_block)


def qwen2_moe(fields: Fields) -> Transformer:
    """Build Qwen 1.5 and 2 with experts: some are shared, behind a gate of one output."""
    width = fields.size("hidden_size")
    inner = fields.size("shared_expert_intermediate_size")
    shared = [
        *gated(width, inner, prefix="shared_"),
        Linear("shared_expert_gate", width, 1, quantized=False),
    ]
    feed_forward = _sparse(fields, shared)
    bias = fields.flag("qkv_bias", default=True)
    variant = Variant(bias=bias, output_bias=False)
    return decoder(fields, variant, windows.even_before_block, feed_forward)


def qwen3_moe(fields: Fields) -> Transformer:
    """Build Qwen 3 with experts."""
    return decoder(fields, Variant(head_norms=True), windows.from_block, _sparse(fields, []))


def _sparse(fields: Fields, shared: list[Part]) -> FeedForward:
    """Return experts in each ``decoder_sparse_step``-th block, but for ``mlp_only_layers``."""
    width, inner = fields.size("hidden_size"), fields.size("moe_intermediate_size")
    count, per_token = expert_counts(fields, "num_experts", "num_local_experts")
    step = fields.size("decoder_sparse_step", default=1)
    dense = fields.items("mlp_only_layers", int) or []
    sparse = [*experts(width, inner, count, per_token), *shared]
    plain = gated(width, fields.size("intermediate_size"))
    return lambda index: plain if index in dense or (index + 1) % step else sparse


def gemma(fields: Fields) -> Transformer:
    """Build Gemma 1, with tied embeddings unless the file says otherwise."""
    return decoder(fields, Variant(tied=True, head_dim=256))


def gemma2(fields: Fields) -> Transformer:
    """Build Gemma 2: four norms in a block, and a window in every other block."""
    return decoder(fields, Variant(norms=4, tied=True, head_dim=256), windows.every(2, 4096))


def gemma3(fields: Fields) -> Transformer:
    """Build the text model of Gemma 3: norms on heads, and a window in five of six blocks."""
    variant = Variant(norms=4, head_norms=True, tied=True, head_dim=256)
    return decoder(fields, variant, windows.every(6, 4096))


def phi3(fields: Fields) -> Transformer:
    """Build Phi-3 and 3.5: q, k and v are one product, and gate and up another."""
    variant = Variant(bias=False, output_bias=False, fused=True, kv_heads=True)
    return decoder(fields, variant, windows.everywhere(None))
