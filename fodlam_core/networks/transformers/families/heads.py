"""What follows the blocks, by the class that ``architectures`` names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fodlam_core.networks.transformers.parts import Linear

if TYPE_CHECKING:
    from fodlam_core.networks.transformers.fields import Fields
    from fodlam_core.networks.transformers.stacks import Part


def task(fields: Fields, default: str, *covered: str) -> str:
    """Return the end of the class that ``architectures`` names, such as ``"ForCausalLM"``.

    Args:
        fields: those of the file.
        default: what it is if the file names none.
        covered: the ends that are covered.
    """
    names = fields.items("architectures", str) or []
    if not names:
        return default
    found = re.search(r"(For[A-Z]\w*|(?:LMHead|DoubleHeads|Encoder|WithLMHead)?Model)$", names[0])
    end = found[1] if found else names[0]
    if end not in covered:
        known = ", ".join(f"...{each}" for each in covered)
        fields.problems.append(f"architectures: {names[0]!r:.60} is not covered; known are {known}")
        return default
    return end


def causal_head(
    fields: Fields, width: int, vocabulary: int, *, tied: bool, bias: bool = False
) -> tuple[Part, ...]:
    """Return the product with every token of the vocabulary, or nothing for the bare model."""
    kind = task(fields, "ForCausalLM", "ForCausalLM", "LMHeadModel", "Model")
    if kind == "Model":
        return ()
    head = Linear(
        name="head",
        inputs=width,
        outputs=vocabulary,
        bias=bias,
        tied=tied,
        rows="logits",
        quantized=False,
    )
    return (head,)


def labels(fields: Fields) -> int:
    """Return the number of classes: that of ``num_labels`` or ``id2label``, else 2."""
    fields.known("id2label", "label2id")
    names = fields.table.get("id2label")
    return fields.size("num_labels", default=len(names) if isinstance(names, dict) else 2)
