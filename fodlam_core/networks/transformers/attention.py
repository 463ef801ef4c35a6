"""Attention: the products of queries, keys and values, and what a cache holds of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fodlam_core.model.shapes import FcShape, MatmulShape
from fodlam_core.networks.transformers.parts import Work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.networks.transformers.parts import Run


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
    yield Work(f"{prefix}attn_scores", MatmulShape(m=rows, k=dim, n=keys, count=heads), by_keys)
    yield Work(f"{prefix}attn_context", MatmulShape(m=rows, k=keys, n=dim, count=heads), by_keys)


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
        scores = MatmulShape(m=rows, k=self.nope + self.rope, n=keys, count=self.heads)
        yield Work("attn_scores", scores, by_keys=True)
        yield Work(
            "attn_context",
            MatmulShape(m=rows, k=keys, n=self.value, count=self.heads),
            by_keys=True,
        )

    def _absorbed(self, run: Run) -> Iterator[Work]:
        rows, keys = run.rows * self.heads, run.seen(None)
        yield Work("q_absorb_uk", FcShape(self.heads * self.nope, self.rank, run.rows))
        yield Work("attn_scores", MatmulShape(rows, self.cached, keys), by_keys=True)
        yield Work("attn_context", MatmulShape(rows, keys, self.rank), by_keys=True)
        yield Work("ctx_absorb_uv", FcShape(self.heads * self.value, self.rank, run.rows))


CACHED = (Attention, LatentAttention)
