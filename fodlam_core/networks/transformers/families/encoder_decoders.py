"""Encoders with a decoder after them: T5 and Whisper.

As in Hugging Face transformers 5: ``modeling_t5.py`` and ``modeling_whisper.py``.
"""

from __future__ import annotations

from fodlam_core.model.shapes import ConvShape
from fodlam_core.networks.transformers.attention import Attention
from fodlam_core.networks.transformers.families.heads import task
from fodlam_core.networks.transformers.fields import MOST_BLOCKS, Fields
from fodlam_core.networks.transformers.parts import Filter, Linear
from fodlam_core.networks.transformers.stacks import Block, Part, Stack, Transformer

# What T5 was trained with; its relative positions set no limit (arXiv:1910.10683, section 3.1.2).
T5_TOKENS = 512


def _attention(
    width: int, heads: int, dim: int, *, bias: bool, causal: bool = True, cross: bool = False
) -> list[Part]:
    """Return projections and products; keys have no bias, as in Whisper, where others have."""
    prefix = "cross_" if cross else ""
    rows = "source" if cross else "tokens"
    return [
        Linear(name=f"{prefix}q", inputs=width, outputs=heads * dim, bias=bias),
        Linear(f"{prefix}k", width, heads * dim, rows=rows),  # type: ignore[arg-type]  # literals
        Linear(name=f"{prefix}v", inputs=width, outputs=heads * dim, bias=bias, rows=rows),  # type: ignore[arg-type]
        Attention(heads, heads, dim, causal=causal, cross=cross),
        Linear(name=f"{prefix}o", inputs=heads * dim, outputs=width, bias=bias),
    ]


def _plain(width: int, inner: int, *, bias: bool) -> list[Part]:
    return [
        Linear(name="up", inputs=width, outputs=inner, bias=bias),
        Linear(name="down", inputs=inner, outputs=width, bias=bias),
    ]


def t5(fields: Fields) -> Transformer:
    """Build T5, and T5 1.1 with its gated feed-forward layers.

    Its head is its own where ``tie_word_embeddings`` is false, as in the weights of T5 1.1, though
    transformers 5 builds it tied.
    """
    width, vocabulary = fields.size("d_model", "hidden_size"), fields.size("vocab_size")
    inner, dim = fields.size("d_ff"), fields.size("d_kv")
    heads = fields.size("num_heads", "num_attention_heads")
    count = fields.size("num_layers", "num_hidden_layers", most=MOST_BLOCKS)
    decoders = fields.size("num_decoder_layers", default=count, most=MOST_BLOCKS)
    buckets = fields.size("relative_attention_num_buckets", default=32)
    kind = fields.text("feed_forward_proj", "relu")
    feed_forward = _plain(width, inner, bias=False)
    if kind.startswith("gated-"):
        feed_forward = [Linear("gate", width, inner), *feed_forward]
    tied = fields.flag("tie_word_embeddings", default=True)
    ends = ("ForConditionalGeneration", "WithLMHeadModel")
    task(fields, ends[0], *ends)
    head = Linear("head", width, vocabulary, tied=tied, rows="logits", quantized=False)
    attend, cross = (
        _attention(width, heads, dim, bias=False, cross=each) for each in (False, True)
    )
    both = _attention(width, heads, dim, bias=False, causal=False)
    extra = buckets * heads + width
    return Transformer(
        vocabulary * width,
        Stack(width, (Block((*both, *feed_forward), 2 * width),) * count, extra=extra),
        Stack(
            width,
            (Block((*attend, *cross, *feed_forward), 3 * width),) * decoders,
            head=(head,),
            extra=extra,
        ),
        source=T5_TOKENS,
    )


def whisper(fields: Fields) -> Transformer:
    """Build Whisper: two convolutions over the spectrum, an encoder and a decoder."""
    width, vocabulary = fields.size("d_model", "hidden_size"), fields.size("vocab_size")
    sources, targets = fields.size("max_source_positions"), fields.size("max_target_positions")
    bands = fields.size("num_mel_bins")
    task(fields, "ForConditionalGeneration", "ForConditionalGeneration")
    tied = fields.flag("tie_word_embeddings", default=True)
    head = Linear("head", width, vocabulary, tied=tied, rows="logits", quantized=False)
    fields.known("num_hidden_layers")
    filters = [
        Filter("conv1/conv", _filter(bands, 2 * sources, width, 1)),
        Filter("conv2/conv", _filter(width, 2 * sources, width, 2)),
    ]
    return Transformer(
        vocabulary * width,
        Stack(
            width,
            _whisper_blocks(fields, width, "encoder"),
            front=filters,
            extra=sources * width + 2 * width,
            tokens=sources,
        ),
        Stack(
            width,
            _whisper_blocks(fields, width, "decoder"),
            head=(head,),
            extra=targets * width + 2 * width,
            positions=targets,
        ),
        source=sources,
    )


def _whisper_blocks(fields: Fields, width: int, side: str) -> tuple[Block, ...]:
    heads, inner = fields.size(f"{side}_attention_heads"), fields.size(f"{side}_ffn_dim")
    count = fields.size(f"{side}_layers", most=MOST_BLOCKS)
    dim = fields.divided(width, heads, f"d_model by {side}_attention_heads")
    decodes = side == "decoder"
    parts = _attention(width, heads, dim, bias=True, causal=decodes)
    if decodes:
        parts += _attention(width, heads, dim, bias=True, cross=True)
    block = Block((*parts, *_plain(width, inner, bias=True)), (6 if decodes else 4) * width)
    return (block,) * count


def _filter(channels: int, length: int, width: int, stride: int) -> ConvShape:
    """Return a convolution of 3 steps in time, which is the horizontal axis."""
    return ConvShape.from_input((channels, 1, length), width, (1, 3), (1, stride), (0, 1))
