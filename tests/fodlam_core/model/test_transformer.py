"""What is known of a transformer beside its layers."""

from __future__ import annotations

from fodlam_core.model.transformer import Memory, TransformerFacts, layer_class, layer_group


def test_names_of_layers() -> None:
    """A name ends in the class; its group leaves numbers of blocks and steps out."""
    assert layer_class("prefill/conv1/conv") == "conv"
    assert layer_group("decode/step3/block10/attn_scores") == "decode/steps/blocks/attn_scores"
    assert layer_group("decode/head") == "decode/head"
    assert layer_group("blockade/q") == "blockade/q"


def test_memory_of_several_sequences() -> None:
    """Weights are there once; cache and activations belong to a sequence."""
    facts = TransformerFacts(10, 10, 4, None, "fp16", (), Memory(20, 3, 5))
    assert facts.memory(4) == Memory(20, 12, 20)
    assert facts.memory().total == 28
