"""Layers of which only sums are known."""

from __future__ import annotations

import attrs

from fodlam_core.errors import LayerError

KINDS = {"fc": "fc", "matmul": "matmul"}
"""The kind of layers of a form, where it is not ``"conv"``."""


@attrs.frozen
class LayerSums:
    """Layers of like forms, as sums over all of them for one inference.

    Stands for the shape of a layer where a network is too long to be kept: a predictor whose terms
    add up over layers (see `fodlam_core.predictors.terms.ADDITIVE`) gets all that it needs.

    Attributes:
        form: the form that the layers count as, such as ``"dense"`` or ``"fc"``.
        macs: multiply-accumulates.
        weights: weights, without biases.
        elements: inputs and outputs, without attention scores and what is attended to.

    Raises:
        LayerError: if there are no MACs, or a number is negative.

    >>> LayerSums("fc", macs=4096000, weights=4096000, elements=5096).kind
    'fc'
    """

    form: str
    macs: int
    weights: int
    elements: int

    def __attrs_post_init__(self) -> None:
        if self.macs < 1 or min(self.weights, self.elements) < 0:
            raise LayerError(f"{self}: {self.macs} MACs, {self.weights} weights, {self.elements}")

    @property
    def kind(self) -> str:
        """The name of the kind of the layers."""
        return KINDS.get(self.form, "conv")

    def __str__(self) -> str:
        return f"sums over {self.form} layers"
