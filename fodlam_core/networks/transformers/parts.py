"""What a transformer is made of; each part knows its parameters and the layers of a run.

Attention is in `attention`, what the parts make up in `stacks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import attrs

from fodlam_core.model.shapes import ConvShape, ExpertsShape, FcShape, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

Rows = Literal["tokens", "logits", "source", "one"]


class Run(NamedTuple):
    """One pass through a stack of blocks, for one sequence.

    Attributes:
        rows: tokens that go through.
        keys: how many keys a token attends to, in each of the steps that the run stands for.
        logits: rows of which the head is computed.
        source: tokens of the encoder that a decoder attends to.
        step: whether it is a step of decoding, over a cache.
        absorbed: whether latent attention stays in the latent space.
        half: whether a causal mask saves the products it hides.
    """

    rows: int
    keys: range
    logits: int = 1
    source: int = 0
    step: bool = False
    absorbed: bool = True
    half: bool = False

    def seen(self, window: int | None) -> int:
        """Return the keys of a token, at most those of a window; of several steps their mean.

        The mean is rounded up. The rows of a prompt are multiplied with all its keys, and masked
        afterwards.

        >>> Run(1, range(513, 640), step=True).seen(None)
        576
        """
        if not self.step:
            return self.keys.stop - 1
        inside = range(self.keys.start, min(self.keys.stop, (window or self.keys.stop) + 1))
        total = (inside.start + inside.stop - 1) * len(inside) // 2
        total += (len(self.keys) - len(inside)) * (window or 0)
        return -(-total // len(self.keys))


class Work(NamedTuple):
    """One layer of a run.

    Attributes:
        name: its class, such as ``"q"``; a second one of its class has a prefix, ``"band/..."``.
        shape: its shape for one sequence.
        by_keys: whether it grows with the keys, and so changes from step to step.
    """

    name: str
    shape: Shape
    by_keys: bool = False


@attrs.frozen
class Linear:
    """A matrix of weights, applied to every row.

    Attributes:
        name: its class.
        inputs: length of a row.
        outputs: length of a result.
        bias: whether a number is added to each output.
        tied: whether its weights are those of the embedding.
        rows: what it is applied to: the tokens, those whose logits are wanted, the encoder's
            tokens (once, before the first step), or one token of the sequence.
        quantized: whether quantisation covers it; embeddings, heads and routers stay as they are.
    """

    name: str
    inputs: int
    outputs: int
    bias: bool = False
    tied: bool = False
    rows: Rows = "tokens"
    quantized: bool = True

    @property
    def weights(self) -> int:
        """Number of weights that are its own."""
        return 0 if self.tied else self.inputs * self.outputs

    @property
    def parameters(self) -> int:
        """Number of parameters that are its own."""
        return self.weights + (self.outputs if self.bias else 0)

    @property
    def idle(self) -> int:
        """Number of weights that one token does not use."""
        return 0

    def work(self, run: Run) -> Iterator[Work]:
        """Yield its layer; none of it is left for a step if it belongs to the source."""
        if self.rows == "source" and run.step:
            return
        counts = {"tokens": run.rows, "logits": run.logits, "source": run.source, "one": 1}
        yield Work(self.name, FcShape(self.inputs, self.outputs, counts[self.rows]))


@attrs.frozen
class Experts:
    """Matrices of which a router picks some for each token.

    Attributes:
        name: its class.
        inputs: length of a row.
        outputs: length of a result.
        count: number of experts.
        per_token: how many of them a token goes through.
    """

    name: str
    inputs: int
    outputs: int
    count: int
    per_token: int
    quantized = True

    @property
    def weights(self) -> int:
        """Number of weights of all experts."""
        return self.inputs * self.outputs * self.count

    parameters = weights

    @property
    def idle(self) -> int:
        """Number of weights that one token does not use."""
        return self.inputs * self.outputs * (self.count - self.per_token)

    def work(self, run: Run) -> Iterator[Work]:
        """Yield the layer."""
        shape = ExpertsShape(
            inputs=self.inputs,
            outputs=self.outputs,
            rows=run.rows,
            experts=self.count,
            per_row=self.per_token,
        )
        yield Work(self.name, shape)


@attrs.frozen
class Filter:
    """A convolution in front of the blocks."""

    name: str
    shape: ConvShape
    bias: bool = True
    quantized = False
    idle = 0

    @property
    def weights(self) -> int:
        """Number of weights."""
        return self.shape.weights

    @property
    def parameters(self) -> int:
        """Number of parameters."""
        return self.weights + (self.shape.out_channels if self.bias else 0)

    def work(self, run: Run) -> Iterator[Work]:  # noqa: ARG002, as every part
        """Yield the layer."""
        yield Work(self.name, self.shape)
