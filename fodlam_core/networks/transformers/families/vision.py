"""Encoders of images: ViT, as in Hugging Face transformers 5, ``modeling_vit.py``."""

from __future__ import annotations

from fodlam_core.model.shapes import ConvShape
from fodlam_core.networks.transformers.families.bert import encoder_block
from fodlam_core.networks.transformers.families.heads import labels, task
from fodlam_core.networks.transformers.fields import MOST_BLOCKS, Fields
from fodlam_core.networks.transformers.parts import Filter, Linear
from fodlam_core.networks.transformers.stacks import Part, Stack, Transformer


def vit(fields: Fields) -> Transformer:
    """Build ViT: an image as patches and one more token, which is classified."""
    width, heads = fields.size("hidden_size"), fields.size("num_attention_heads")
    count, inner = (
        fields.size("num_hidden_layers", most=MOST_BLOCKS),
        fields.size("intermediate_size"),
    )
    image, patch = fields.size("image_size", most=100_000), fields.size("patch_size", most=100_000)
    channels = fields.size("num_channels", default=3)
    bias = fields.flag("qkv_bias", default=True)
    side = image // patch
    fields.demand(f"patch_size: {patch}, larger than the image_size of {image}", holds=side > 0)
    side = max(side, 1)
    dim = fields.divided(width, heads, "hidden_size by num_attention_heads")
    kind = task(fields, "ForImageClassification", "ForImageClassification", "Model")
    head: list[Part] = [Linear("pooler", width, width, bias=True, rows="one", quantized=False)]
    if kind == "ForImageClassification":
        head = [Linear("head", width, labels(fields), bias=True, rows="one", quantized=False)]
    patches = ConvShape(
        in_channels=channels,
        in_height=side * patch,
        in_width=side * patch,
        out_channels=width,
        out_height=side,
        out_width=side,
        kernel=(patch, patch),
        stride=(patch, patch),
    )
    tokens = side * side + 1
    return Transformer(
        encoder=Stack(
            width,
            (encoder_block(width, heads, dim, inner, bias=bias),) * count,
            front=[Filter("patch_embed", patches)],
            head=head,
            extra=width + tokens * width + 2 * width,
            tokens=tokens,
        )
    )
