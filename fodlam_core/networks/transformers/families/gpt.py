"""Decoders with plain feed-forward layers: GPT-2, GPT-NeoX, OPT and Phi.

As in Hugging Face transformers 5: ``modeling_gpt2.py``, ``modeling_gpt_neox.py``,
``modeling_opt.py`` and ``modeling_phi.py``.
"""

from __future__ import annotations

from fodlam_core.networks.transformers.attention import Attention
from fodlam_core.networks.transformers.families.decoders import Variant, grouped_heads, positions
from fodlam_core.networks.transformers.families.heads import causal_head
from fodlam_core.networks.transformers.fields import MOST_BLOCKS, Fields
from fodlam_core.networks.transformers.parts import Linear
from fodlam_core.networks.transformers.stacks import Block, Stack, Transformer


def gpt2(fields: Fields) -> Transformer:
    """Build GPT-2: learned positions, biases everywhere, tied embeddings unless denied."""
    width, vocabulary = fields.size("n_embd", "hidden_size"), fields.size("vocab_size")
    heads = fields.size("n_head", "num_attention_heads")
    count = fields.size("n_layer", "num_hidden_layers", most=MOST_BLOCKS)
    most = fields.size("n_positions", "n_ctx", "max_position_embeddings")
    inner = fields.size("n_inner", default=4 * width)
    if fields.flag("add_cross_attention", default=False):
        fields.problems.append("add_cross_attention: a decoder after an encoder is not supported")
    dim = fields.divided(width, heads, "n_embd by n_head")
    block = Block(
        (
            Linear("qkv", width, 3 * width, bias=True),
            Attention(heads, heads, dim),
            Linear("o", width, width, bias=True),
            Linear("up", width, inner, bias=True),
            Linear("down", inner, width, bias=True),
        ),
        4 * width,
    )
    tied = fields.flag("tie_word_embeddings", default=True)
    head = causal_head(fields, width, vocabulary, tied=tied)
    stack = Stack(
        width, (block,) * count, head=head, extra=most * width + 2 * width, positions=most
    )
    return Transformer(vocabulary * width, decoder=stack)


def gpt_neox(fields: Fields) -> Transformer:
    """Build GPT-NeoX and Pythia; whether the residual is parallel changes no count."""
    width, vocabulary = fields.size("hidden_size"), fields.size("vocab_size")
    heads, inner = fields.size("num_attention_heads"), fields.size("intermediate_size")
    count = fields.size("num_hidden_layers", most=MOST_BLOCKS)
    dim = fields.divided(width, heads, "hidden_size by num_attention_heads")
    bias = fields.flag("attention_bias", default=True)
    block = Block(
        (
            Linear(name="qkv", inputs=width, outputs=3 * width, bias=bias),
            Attention(heads, heads, dim),
            Linear(name="o", inputs=width, outputs=width, bias=bias),
            Linear("up", width, inner, bias=True),
            Linear("down", inner, width, bias=True),
        ),
        4 * width,
    )
    tied = fields.flag("tie_word_embeddings", default=False)
    head = causal_head(fields, width, vocabulary, tied=tied)
    stack = Stack(width, (block,) * count, head=head, extra=2 * width, positions=positions(fields))
    return Transformer(vocabulary * width, decoder=stack)


def opt(fields: Fields) -> Transformer:
    """Build OPT: two positions more than it can use, and for OPT-350M a narrower embedding."""
    width, vocabulary = fields.size("hidden_size"), fields.size("vocab_size")
    heads, inner = fields.size("num_attention_heads"), fields.size("ffn_dim")
    count = fields.size("num_hidden_layers", most=MOST_BLOCKS)
    most = fields.size("max_position_embeddings")
    narrow = fields.size("word_embed_proj_dim", default=width)
    bias = fields.flag("enable_bias", default=True)
    norm = 2 * width if fields.flag("layer_norm_elementwise_affine", default=True) else 0
    last = fields.flag("do_layer_norm_before", default=True) and not fields.flag(
        "_remove_final_layer_norm", default=False
    )
    dim = fields.divided(width, heads, "hidden_size by num_attention_heads")
    block = Block(
        (
            *(Linear(name=name, inputs=width, outputs=width, bias=bias) for name in "qkv"),
            Attention(heads, heads, dim),
            Linear(name="o", inputs=width, outputs=width, bias=bias),
            Linear(name="up", inputs=width, outputs=inner, bias=bias),
            Linear(name="down", inputs=inner, outputs=width, bias=bias),
        ),
        2 * norm,
    )
    head = causal_head(
        fields, narrow, vocabulary, tied=fields.flag("tie_word_embeddings", default=True)
    )
    ends = [
        Linear(name, *sizes, quantized=False)
        for name, sizes in (("project_in", (narrow, width)), ("project_out", (width, narrow)))
        if narrow != width
    ]
    stack = Stack(
        width,
        (block,) * count,
        front=ends[:1],
        head=(*ends[1:], *head),
        extra=(most + 2) * width + (norm if last else 0),
        positions=most,
    )
    return Transformer(vocabulary * narrow, decoder=stack)


def phi(fields: Fields) -> Transformer:
    """Build Phi 1 to 2: one norm for attention and feed-forward side by side, biases throughout."""
    width, vocabulary = fields.size("hidden_size"), fields.size("vocab_size")
    count, inner = (
        fields.size("num_hidden_layers", most=MOST_BLOCKS),
        fields.size("intermediate_size"),
    )
    heads, kv_heads, dim = grouped_heads(fields, width, Variant(kv_heads=True))
    norms = 2 * dim * 2 if fields.flag("qk_layernorm", default=False) else 0
    block = Block(
        (
            Linear("q", width, heads * dim, bias=True),
            Linear("k", width, kv_heads * dim, bias=True),
            Linear("v", width, kv_heads * dim, bias=True),
            Attention(heads, kv_heads, dim),
            Linear("o", heads * dim, width, bias=True),
            Linear("up", width, inner, bias=True),
            Linear("down", inner, width, bias=True),
        ),
        2 * width + norms,
    )
    tied = fields.flag("tie_word_embeddings", default=False)
    head = causal_head(fields, width, vocabulary, tied=tied, bias=True)
    stack = Stack(width, (block,) * count, head=head, extra=2 * width, positions=positions(fields))
    return Transformer(vocabulary * width, decoder=stack)
