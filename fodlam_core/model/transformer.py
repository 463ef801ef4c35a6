"""What is known of a transformer besides its layers: parameters, phases, and memory."""

from __future__ import annotations

from typing import NamedTuple


class Phase(NamedTuple):
    """One part of a run, whose layers have its name in front: ``"decode/block0/q"``.

    Attributes:
        name: ``"prefill"``, ``"decode"`` or ``"encode"``.
        steps: how often it runs, one after another.
        text: what it is, for a person.
    """

    name: str
    steps: int
    text: str


class Memory(NamedTuple):
    """Bytes that a run needs, for a number of sequences side by side.

    Attributes:
        weights: those of the weights, scales of quantised ones included.
        cache: those of keys and values, at the end of the longest sequence.
        activations: those of the largest layer, with what goes in and comes out of it.
    """

    weights: int
    cache: int
    activations: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.cache + self.activations


class TransformerFacts(NamedTuple):
    """What is known of a transformer besides its layers.

    Attributes:
        parameters: number of parameters, tied ones once, buffers left out.
        active_parameters: those that one token uses; fewer where there are experts.
        kv_bytes_per_token: bytes that each token adds to the cache, at 16 bits; None if nothing
            is cached.
        cross_kv_bytes_per_token: bytes that each token of the encoder adds, once.
        precision: what the weights are stored as, such as ``"int4"``.
        phases: the parts of the run.
        sequence: memory of one sequence.
    """

    parameters: int
    active_parameters: int
    kv_bytes_per_token: int | None
    cross_kv_bytes_per_token: int | None
    precision: str
    phases: tuple[Phase, ...]
    sequence: Memory

    def memory(self, sequences: int = 1) -> Memory:
        """Return the memory of so many sequences side by side; weights are there once."""
        one = self.sequence
        return Memory(one.weights, one.cache * sequences, one.activations * sequences)


def layer_class(name: str) -> str:
    """Return the class of a layer of a transformer: the last part of its name.

    >>> layer_class("decode/block31/attn_scores")
    'attn_scores'
    """
    return name.rpartition("/")[2]


def layer_group(name: str) -> str:
    """Return a layer's name without the number of its block and step.

    >>> layer_group("decode/block31/q"), layer_group("decode/step7/block0/attn_scores")
    ('decode/blocks/q', 'decode/steps/blocks/attn_scores')
    """
    parts = name.split("/")
    return "/".join(_plural(part) for part in parts[:-1]) + ("/" if parts[1:] else "") + parts[-1]


def _plural(part: str) -> str:
    for word in ("block", "step"):
        if part.startswith(word) and part[len(word) :].isdigit():
            return f"{word}s"
    return part
