"""A transformer: blocks of parts, the stacks that they make up, and the whole model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fodlam_core.model.converters import as_tuple
from fodlam_core.networks.transformers.attention import CACHED, Attention, LatentAttention
from fodlam_core.networks.transformers.parts import Experts, Filter, Linear

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    """The blocks of an encoder or a decoder, and what is before and after them.

    Attributes:
        width: length of the vector of a token.
        blocks: the blocks.
        front: what runs before them.
        head: what runs after them.
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
