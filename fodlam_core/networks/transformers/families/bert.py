"""Encoders of text: BERT, RoBERTa and DistilBERT.

As in Hugging Face transformers 5: ``modeling_bert.py``, ``modeling_roberta.py`` and
``modeling_distilbert.py``.
"""

from __future__ import annotations

from fodlam_core.networks.transformers.attention import Attention
from fodlam_core.networks.transformers.families.heads import labels, task
from fodlam_core.networks.transformers.fields import MOST_BLOCKS, Fields
from fodlam_core.networks.transformers.parts import Linear
from fodlam_core.networks.transformers.stacks import Block, Part, Stack, Transformer

TASKS = (
    "ForMaskedLM",
    "ForPreTraining",
    "ForSequenceClassification",
    "ForTokenClassification",
    "ForQuestionAnswering",
    "Model",
)


def encoder_block(width: int, heads: int, dim: int, inner: int, *, bias: bool = True) -> Block:
    """Return a block with two norms; attention goes both ways."""
    return Block(
        (
            *(Linear(name=name, inputs=width, outputs=heads * dim, bias=bias) for name in "qkv"),
            Attention(heads, heads, dim, causal=False),
            Linear("o", heads * dim, width, bias=True),
            Linear("up", width, inner, bias=True),
            Linear("down", inner, width, bias=True),
        ),
        4 * width,
    )


def bert(fields: Fields) -> Transformer:
    """Build BERT or RoBERTa, which differ in how they classify and in unused positions."""
    width, vocabulary = fields.size("hidden_size"), fields.size("vocab_size")
    heads, inner = fields.size("num_attention_heads"), fields.size("intermediate_size")
    count = fields.size("num_hidden_layers", most=MOST_BLOCKS)
    most, types = fields.size("max_position_embeddings"), fields.size("type_vocab_size")
    dim = fields.divided(width, heads, "hidden_size by num_attention_heads")
    if fields.flag("is_decoder", default=False) or fields.flag(
        "add_cross_attention", default=False
    ):
        fields.problems.append("is_decoder, add_cross_attention: only encoders are covered")
    kind = task(fields, "ForMaskedLM", *TASKS)
    pooler = _sentence("pooler", width, width)
    if fields.table.get("model_type") == "roberta":
        first, most_tokens = _sentence("head_transform", width, width), most - 2
    else:
        first, most_tokens = pooler, most
    stack = Stack(
        width,
        (encoder_block(width, heads, dim, inner),) * count,
        head=_head(fields, kind, width, vocabulary, [first], [pooler]),
        extra=(most + types + 2) * width + _extra(fields, kind, width, vocabulary),
        positions=most_tokens,
    )
    return Transformer(vocabulary * width, encoder=stack)


def distilbert(fields: Fields) -> Transformer:
    """Build DistilBERT: no types of tokens, and no pooler."""
    width, vocabulary = fields.size("dim", "hidden_size"), fields.size("vocab_size")
    heads = fields.size("n_heads", "num_attention_heads")
    count = fields.size("n_layers", "num_hidden_layers", most=MOST_BLOCKS)
    inner, most = fields.size("hidden_dim"), fields.size("max_position_embeddings")
    dim = fields.divided(width, heads, "dim by n_heads")
    kind = task(fields, "ForMaskedLM", *(each for each in TASKS if each != "ForPreTraining"))
    first = _sentence("head_transform", width, width)
    stack = Stack(
        width,
        (encoder_block(width, heads, dim, inner),) * count,
        head=_head(fields, kind, width, vocabulary, [first], []),
        extra=(most + 2) * width + _extra(fields, kind, width, vocabulary),
        positions=most,
    )
    return Transformer(vocabulary * width, encoder=stack)


def _sentence(name: str, inputs: int, outputs: int) -> Linear:
    """Return a matrix for the first token, which stands for the sentence."""
    return Linear(name, inputs, outputs, bias=True, rows="one", quantized=False)


def _head(
    fields: Fields, kind: str, width: int, vocabulary: int, first: list[Part], pooler: list[Part]
) -> list[Part]:
    """Return what follows the blocks.

    Args:
        fields: those of the file.
        kind: the end of the class.
        width: length of the vector of a token.
        vocabulary: number of tokens there are.
        first: what a sentence goes through before it is classified.
        pooler: what it goes through if nothing is behind it.
    """
    tied = fields.flag("tie_word_embeddings", default=True)
    masked = [
        Linear("head_transform", width, width, bias=True, quantized=False),
        Linear("head", width, vocabulary, bias=True, tied=tied, quantized=False),
    ]
    if kind == "ForMaskedLM":
        return [*masked]
    if kind == "ForPreTraining":
        return [*masked, *pooler, _sentence("classifier", width, 2)]
    if kind == "Model":
        return pooler
    if kind == "ForSequenceClassification":
        return [*first, _sentence("head", width, labels(fields))]
    return [Linear("head", width, labels(fields), bias=True, quantized=False)]


def _extra(fields: Fields, kind: str, width: int, vocabulary: int) -> int:
    """Return the parameters of the norm before masked words, and of a bias that is not shared."""
    if kind not in ("ForMaskedLM", "ForPreTraining"):
        return 0
    bert = fields.table.get("model_type") != "distilbert"
    apart = bert and not fields.flag("tie_word_embeddings", default=True)
    return 2 * width + (vocabulary if apart else 0)
