"""What a transformer is made of; each part knows its parameters and the layers of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import attrs

from fodlam_core.model.converters import as_tuple
from fodlam_core.model.shapes import ConvShape, ExpertsShape, FcShape, MatmulShape, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
        shape = ExpertsShape(self.inputs, self.outputs, run.rows, self.count, self.per_token)
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


class _NoWeights:
    """What the products of attention have in common."""

    weights = parameters = idle = 0
    quantized = False


@attrs.frozen
class Attention(_NoWeights):
    """Scores of queries and keys, and the sum of values by them.

    Query heads that share a head of keys are rows of one product, so that a key counts once.

    Attributes:
        heads: number of query heads.
        kv_heads: number of heads of keys and values.
        head_dim: length of a query and a key, and of a value.
        window: most keys that a token attends to; None for all.
        causal: whether a token attends only to itself and those before it.
        cross: whether the keys are those of the encoder.
    """

    heads: int
    kv_heads: int
    head_dim: int
    window: int | None = None
    causal: bool = True
    cross: bool = False

    @property
    def cached(self) -> int:
        """Numbers that the cache holds for each token, or for each token of the encoder."""
        return 2 * self.kv_heads * self.head_dim

    def work(self, run: Run) -> Iterator[Work]:
        """Yield the two products."""
        if self.cross:
            yield from _products("cross_", self, run.rows, run.source, by_keys=False)
        elif run.half and self.causal and not run.step:
            for prefix, rows, keys in _visible(run.rows, self.window):
                yield from _products(prefix, self, rows, keys, by_keys=True)
        else:
            yield from _products("", self, run.rows, run.seen(self.window), by_keys=True)


def _products(
    prefix: str, attention: Attention, rows: int, keys: int, *, by_keys: bool
) -> Iterator[Work]:
    heads, dim = attention.kv_heads, attention.head_dim
    rows *= attention.heads // heads
    yield Work(f"{prefix}attn_scores", MatmulShape(rows, dim, keys, heads), by_keys)
    yield Work(f"{prefix}attn_context", MatmulShape(rows, keys, dim, heads), by_keys)


def _visible(rows: int, window: int | None) -> Iterator[tuple[str, int, int]]:
    """Yield what a causal mask leaves, as (prefix, rows, keys): r(r + 1)/2 products, and a band.

    >>> list(_visible(4, None)), list(_visible(5, 3))
    ([('', 2, 5)], [('', 3, 2), ('band/', 2, 3)])
    """
    first = min(rows, window or rows)
    yield ("", first // 2, first + 1) if first % 2 == 0 else ("", first, (first + 1) // 2)
    if rows > first:
        yield "band/", rows - first, first


@attrs.frozen
class LatentAttention:
    """Attention over a latent vector per token (DeepSeek-V2, arXiv:2405.04434, section 2.1).

    Expanded, the latents of all keys go through ``kv_b`` and each head has keys and values of its
    own. Absorbed, as servers decode, queries go through the keys' half of ``kv_b`` and results
    through the values' half, and all heads attend to the latents themselves.

    Attributes:
        heads: number of heads.
        rank: length of a latent.
        nope: part of a query without position.
        rope: part of a query and of the one common key that carries the position.
        value: length of a value.
    """

    heads: int
    rank: int
    nope: int
    rope: int
    value: int
    quantized = True
    idle = 0

    @property
    def weights(self) -> int:
        """Number of weights of ``kv_b``, whichever way it is used."""
        return self.rank * self.heads * (self.nope + self.value)

    parameters = weights

    @property
    def cached(self) -> int:
        """Numbers that the cache holds for each token."""
        return self.rank + self.rope

    def work(self, run: Run) -> Iterator[Work]:
        """Yield ``kv_b`` in either form, and the two products."""
        if run.step and run.absorbed:
            yield from self._absorbed(run)
            return
        outputs, rows, keys = self.heads * (self.nope + self.value), run.rows, run.seen(None)
        yield Work("kv_b", FcShape(self.rank, outputs, keys), by_keys=True)
        if run.half and not run.step:
            ((_, rows, keys),) = _visible(run.rows, None)
        scores = MatmulShape(rows, self.nope + self.rope, keys, self.heads)
        yield Work("attn_scores", scores, by_keys=True)
        yield Work("attn_context", MatmulShape(rows, keys, self.value, self.heads), by_keys=True)

    def _absorbed(self, run: Run) -> Iterator[Work]:
        rows, keys = run.rows * self.heads, run.seen(None)
        yield Work("q_absorb_uk", FcShape(self.heads * self.nope, self.rank, run.rows))
        yield Work("attn_scores", MatmulShape(rows, self.cached, keys), by_keys=True)
        yield Work("attn_context", MatmulShape(rows, keys, self.rank), by_keys=True)
        yield Work("ctx_absorb_uv", FcShape(self.heads * self.value, self.rank, run.rows))


Part = Linear | Experts | Filter | Attention | LatentAttention


def _parts(parts: Iterable[Part]) -> tuple[Part, ...]:
    return as_tuple(parts)


@attrs.frozen
class Block:
    """What is repeated: attention and what follows it.

    Attributes:
        parts: what costs MACs, in the order in which it runs.
        extra: parameters of norms and the like.
    """

    parts: tuple[Part, ...] = attrs.field(converter=_parts)
    extra: int = 0


@attrs.frozen
class Stack:
    """The blocks of an encoder or a decoder, and what is before and behind them.

    Attributes:
        width: length of the vector of a token.
        blocks: the blocks.
        front: what runs before them.
        head: what runs behind them.
        extra: parameters of embeddings, positions, norms and the like.
        positions: the most tokens it can take; None for any number.
        tokens: how many tokens it always has; None where that is up to whoever runs it.
    """

    width: int
    blocks: tuple[Block, ...] = attrs.field(converter=as_tuple)
    front: tuple[Part, ...] = attrs.field(default=(), converter=_parts)
    head: tuple[Part, ...] = attrs.field(default=(), converter=_parts)
    extra: int = 0
    positions: int | None = None
    tokens: int | None = None

    @property
    def parts(self) -> Iterator[Part]:
        """Every part that has weights or costs MACs."""
        yield from self.front
        for block in self.blocks:
            yield from block.parts
        yield from self.head

    @property
    def parameters(self) -> int:
        """Number of parameters."""
        extra = self.extra + sum(block.extra for block in self.blocks)
        return extra + sum(part.parameters for part in self.parts)


@attrs.frozen
class Transformer:
    """A model: an encoder, a decoder, or both.

    Attributes:
        embedding: parameters of the embedding of tokens that the stacks share.
        encoder: its encoder.
        decoder: its decoder.
        source: tokens of the encoder if nobody says how many; None where it has no encoder.
        left_out: what of the model is not counted, for a note.
    """

    embedding: int = 0
    encoder: Stack | None = None
    decoder: Stack | None = None
    source: int | None = None
    left_out: tuple[str, ...] = ()

    @property
    def stacks(self) -> tuple[Stack, ...]:
        """The encoder and the decoder, as far as there are."""
        return tuple(stack for stack in (self.encoder, self.decoder) if stack)

    @property
    def parameters(self) -> int:
        """Number of parameters, as torch counts them: buffers are left out, tied weights once."""
        return self.embedding + sum(stack.parameters for stack in self.stacks)

    @property
    def active_parameters(self) -> int:
        """Number of parameters that one token uses, the embedding counted whole."""
        return self.parameters - sum(part.idle for stack in self.stacks for part in stack.parts)

    def cached(self, *, cross: bool = False) -> int | None:
        """Return how many numbers the cache holds for a token; None where nothing is cached."""
        if self.decoder is None:
            return None
        parts = [part for part in self.decoder.parts if isinstance(part, CACHED)]
        chosen = [part for part in parts if (isinstance(part, Attention) and part.cross) == cross]
        return sum(part.cached for part in chosen) if chosen else None


CACHED = (Attention, LatentAttention)
