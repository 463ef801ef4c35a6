"""DeepSeek-V2 and V3: latent attention, and experts of which some are shared.

As in Hugging Face transformers 5: ``modeling_deepseek_v2.py`` and ``modeling_deepseek_v3.py``.
"""

from __future__ import annotations

from fodlam_core.networks.transformers.attention import LatentAttention
from fodlam_core.networks.transformers.families.decoders import (
    FeedForward,
    expert_counts,
    experts,
    gated,
    positions,
)
from fodlam_core.networks.transformers.families.heads import causal_head
from fodlam_core.networks.transformers.fields import MOST_BLOCKS, Fields
from fodlam_core.networks.transformers.parts import Linear
from fodlam_core.networks.transformers.stacks import Block, Part, Stack, Transformer


def deepseek(fields: Fields) -> Transformer:
    """Build DeepSeek-V2 or V3; the layers that predict further tokens ahead are left out."""
    width, vocabulary = fields.size("hidden_size"), fields.size("vocab_size")
    count = fields.size("num_hidden_layers", most=MOST_BLOCKS)
    attention, norms = _attention(fields, width)
    feed_forward = _feed_forward(fields, width)
    fields.known("num_key_value_heads", "ep_size", "aux_loss_alpha", "seq_aux")
    blocks = (
        Block((*attention, *feed_forward(index)), 2 * width + norms) for index in range(count)
    )
    tied = fields.flag("tie_word_embeddings", default=False)
    ahead = fields.optional("num_nextn_predict_layers")
    return Transformer(
        vocabulary * width,
        decoder=Stack(
            width,
            tuple(blocks),
            head=causal_head(fields, width, vocabulary, tied=tied),
            extra=width,
            positions=positions(fields),
        ),
        left_out=(f"num_nextn_predict_layers: {ahead}, not counted",) if ahead else (),
    )


def _attention(fields: Fields, width: int) -> tuple[list[Part], int]:
    """Return the parts of latent attention, and the parameters of its norms."""
    heads, bias = fields.size("num_attention_heads"), fields.flag("attention_bias", default=False)
    nope, rope = fields.size("qk_nope_head_dim"), fields.size("qk_rope_head_dim")
    value, rank = fields.size("v_head_dim"), fields.size("kv_lora_rank")
    narrow = fields.optional("q_lora_rank")
    queries: list[Part] = [Linear("q", width, heads * (nope + rope))]
    if narrow:
        queries = [
            Linear(name="q_a", inputs=width, outputs=narrow, bias=bias),
            Linear("q_b", narrow, heads * (nope + rope)),
        ]
    rest: list[Part] = [
        Linear(name="kv_a", inputs=width, outputs=rank + rope, bias=bias),
        LatentAttention(heads=heads, rank=rank, nope=nope, rope=rope, value=value),
        Linear(name="o", inputs=heads * value, outputs=width, bias=bias),
    ]
    return [*queries, *rest], rank + (narrow or 0)


def _feed_forward(fields: Fields, width: int) -> FeedForward:
    """Return dense layers in the first blocks, and then experts with shared ones besides them."""
    dense = gated(width, fields.size("intermediate_size"))
    inner = fields.size("moe_intermediate_size")
    count, per_token = expert_counts(fields, "n_routed_experts", "num_local_experts")
    shared = fields.optional("n_shared_experts")
    first = fields.size("first_k_dense_replace", default=0, least=0)
    every = fields.size("moe_layer_freq", default=1)
    sparse = experts(width, inner, count, per_token)
    if shared:
        sparse += gated(width, inner * shared, prefix="shared_")
    return lambda index: dense if index < first or index % every else sparse
