"""The families of models, by ``model_type``."""

from __future__ import annotations

from collections.abc import Callable

from fodlam_core.networks.transformers.families import (
    bert,
    deepseek,
    encoder_decoders,
    gpt,
    llama,
    vision,
)
from fodlam_core.networks.transformers.fields import Fields
from fodlam_core.networks.transformers.stacks import Transformer

Family = Callable[[Fields], Transformer]

FAMILIES: dict[str, Family] = {
    "bert": bert.bert,
    "deepseek_v2": deepseek.deepseek,
    "deepseek_v3": deepseek.deepseek,
    "distilbert": bert.distilbert,
    "gemma": llama.gemma,
    "gemma2": llama.gemma2,
    "gemma3_text": llama.gemma3,
    "gpt2": gpt.gpt2,
    "gpt_neox": gpt.gpt_neox,
    "llama": llama.llama,
    "mistral": llama.mistral,
    "mixtral": llama.mixtral,
    "opt": gpt.opt,
    "phi": gpt.phi,
    "phi3": llama.phi3,
    "qwen2": llama.qwen2,
    "qwen2_moe": llama.qwen2_moe,
    "qwen3": llama.qwen3,
    "qwen3_moe": llama.qwen3_moe,
    "roberta": bert.bert,
    "t5": encoder_decoders.t5,
    "vit": vision.vit,
    "whisper": encoder_decoders.whisper,
}
