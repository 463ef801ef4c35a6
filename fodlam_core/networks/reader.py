"""What reads a network file."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Protocol

from fodlam_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fodlam_core.model.layers import Network


class TokenOptions(NamedTuple):
    """What a configuration says about the tokens of a transformer; None if not said.

    Attributes:
        prompt: tokens of the prompt.
        generate: tokens that are generated after it.
        context: keys that one decode step attends to, its own token included.
        decode: ``"mean"`` (default): all steps at their mean context; ``"stepped"``: each apart.
        weights: the format of the weights, such as ``"int4"``.
        logits: ``"last"`` (default) row of a prompt, as servers do, or ``"all"``.
        mla: latent attention in decode steps: ``"absorbed"`` (default) or ``"expanded"``.
        causal: ``"full"`` (default): all products of a prompt; ``"half"``: those not masked.
        part: of an encoder with a decoder ``"encode"``, ``"prefill"`` or ``"decode"`` only.
    """

    prompt: int | None = None
    generate: int | None = None
    context: int | None = None
    decode: str | None = None
    weights: str | None = None
    logits: str | None = None
    mla: str | None = None
    causal: str | None = None
    part: str | None = None

    @property
    def given(self) -> list[str]:
        """The names of those that were said."""
        return [name for name, value in self._asdict().items() if value is not None]


class ReadOptions(NamedTuple):
    """What a configuration says about a network file.

    Attributes:
        input: size of one input, such as (3, 600, 1000); None: as in the file.
        regions: how often per-region layers run, or the rows of a product; None if not said.
        inputs: sizes of inputs by name, including the batch, such as {"past": (1, 8, 1024, 64)}.
        symbols: sizes of the symbols in the file, such as {"seq": 128}.
        batch_axis: the axis of the first input that is the batch, ``"none"`` if none is; None:
            determined from the file, usually the first.
        shapes: the classes of shapes that layer kinds of plugins bring, by the name of the kind.
        tokens: the tokens of a transformer.
    """

    input: tuple[int, ...] | None = None
    regions: int | None = None
    inputs: Mapping[str, tuple[int, ...]] | None = None
    symbols: Mapping[str, int] | None = None
    batch_axis: int | Literal["none"] | None = None
    shapes: Mapping[str, type] = MappingProxyType({})
    tokens: TokenOptions = TokenOptions()


class NetworkReader(Protocol):
    """A reader of one file format.

    Optional attributes: ``reads_folders = True`` if it reads a folder as a network;
    ``reads_tokens = True`` if it uses `ReadOptions.tokens`, which are an error for other readers;
    ``max_bytes``, the size of the largest file it takes, None for any (default: 64 MB).

    Its errors state what to write as a `fodlam_core.errors.Setting`, which the command
    ``networks`` shows as one of its options.
    """

    @property
    def name(self) -> str:
        """What ``[network] format`` calls it."""
        ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """File name endings, with the dot, that it may be tried on."""
        ...

    def accepts(self, head: bytes) -> bool:
        """Tell from the first bytes of a file whether it is of this format."""
        ...

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Read a file.

        Raises:
            NetworkError: naming the file and the place in it.
        """
        ...
