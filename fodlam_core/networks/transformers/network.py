"""The network of a run: its layers, and what is known besides them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.errors import LayerError, NetworkError, Setting
from fodlam_core.model.layers import Layer, Network
from fodlam_core.model.shapes import ConvShape, MatmulShape, Shape
from fodlam_core.model.transformer import Memory, Phase, TransformerFacts
from fodlam_core.networks.transformers.attention import CACHED, Attention
from fodlam_core.networks.transformers.phases import Pass, passes
from fodlam_core.networks.transformers.precision import Precision, weight_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.networks.reader import TokenOptions
    from fodlam_core.networks.transformers.stacks import Part, Transformer

CACHE_BYTES = 2  # keys, values and activations are kept at 16 bits
MOST_LAYERS = 50_000


def network_of(
    model: Transformer,
    options: TokenOptions,
    name: str,
    source: str,
    precision: tuple[str, Precision],
) -> Network:
    """Return the layers of one sequence, and what is known besides them.

    Args:
        model: the transformer.
        options: what goes through it.
        name: the name of the network.
        source: where it comes from.
        precision: what its weights are stored as, with its name.

    Raises:
        NetworkError: if the options do not fit it.
    """
    parts = passes(model, options)
    count = sum(len(list(each.stack.parts)) * len(each.runs) for each in parts)
    if count > MOST_LAYERS:
        raise NetworkError(
            f"{count} layers, one by one; at most {MOST_LAYERS} are read",
            where=Setting(("network",), "decode"),
            cure=("give ", Setting(("network",), "decode", '"mean"')),
        )
    try:
        layers = tuple(layer for each in parts for layer in _layers(each))
    except LayerError as error:
        raise NetworkError(error) from error
    memory = Memory(
        weight_bytes(model, precision[1]), _cache(model, parts), _activations(parts, layers)
    )
    facts = TransformerFacts(
        parameters=model.parameters,
        active_parameters=model.active_parameters,
        kv_bytes_per_token=_bytes(model.cached()),
        cross_kv_bytes_per_token=_bytes(model.cached(cross=True)),
        precision=precision[0],
        phases=tuple(Phase(each.name, each.steps * len(each.runs), each.text) for each in parts),
        sequence=memory,
    )
    notes = (*model.left_out, *_assumed(parts[0], options))
    return Network(
        name=name, layers=layers, skipped={}, source=source, notes=notes, transformer=facts
    )


def _assumed(first: Pass, options: TokenOptions) -> Iterator[str]:
    """Yield a note if the number of tokens is nobody's but this reader's."""
    if options.prompt is None and options.context is None and first.stack.tokens is None:
        yield f"{first.text}, since neither prompt nor context is given"


def _bytes(numbers: int | None) -> int | None:
    return None if numbers is None else numbers * CACHE_BYTES


def _layers(one: Pass) -> Iterator[Layer]:
    """Yield the layers of a part of a run; what grows with the keys comes once for each run."""
    repeat, mean = one.steps * len(one.runs), len(one.runs) == 1
    places = [("", one.stack.front)]
    places += [(f"block{n}/", block.parts) for n, block in enumerate(one.stack.blocks)]
    places.append(("", one.stack.head))
    made: dict[tuple[int, int], list[tuple[str, Shape, bool]]] = {}
    for number, run in enumerate(one.runs):
        step = "" if mean else f"step{number + 1}/"
        for place, parts in places:
            for part in parts:
                key = (id(part), number)
                if key not in made:
                    made[key] = list(part.work(run))
                for name, shape, by_keys in made[key]:
                    if mean or by_keys or number == 0:
                        prefix = f"{one.name}/{step if by_keys else ''}{place}"
                        times = repeat if mean or not by_keys else 1
                        yield Layer(
                            name=prefix + name,
                            kind=shape.kind,
                            macs=shape.macs,
                            shape=shape,
                            repeat=times,
                        )


def _cache(model: Transformer, parts: tuple[Pass, ...]) -> int:
    """Return the bytes that the cache of one sequence has at its end, windows heeded."""
    decoding = [each for each in parts if each.stack is model.decoder]
    if not decoding:
        return 0
    tokens = max(each.tokens for each in decoding)
    source = max(run.source for each in decoding for run in each.runs)
    assert model.decoder is not None
    return CACHE_BYTES * sum(_cached(part, tokens, source) for part in model.decoder.parts)


def _cached(part: Part, tokens: int, source: int) -> int:
    if not isinstance(part, CACHED):
        return 0
    if isinstance(part, Attention):
        tokens = source if part.cross else min(tokens, part.window or tokens)
    return part.cached * tokens


def _activations(parts: tuple[Pass, ...], layers: tuple[Layer, ...]) -> int:
    """Return the bytes around the largest layer: its input, its output, and the residual.

    Scores are not stored: fused kernels keep them on the chip, a tile at a time.
    """
    residual = max(run.rows * each.stack.width for each in parts for run in each.runs)
    largest = max((_around(layer.shape) for layer in layers if layer.shape), default=0)
    return CACHE_BYTES * (residual + largest)


def _around(shape: Shape) -> int:
    if isinstance(shape, MatmulShape):
        return 0
    if isinstance(shape, ConvShape):
        given = shape.in_channels * shape.in_height * shape.in_width
        return given + shape.out_channels * shape.out_height * shape.out_width
    return shape.rows * (shape.inputs + shape.outputs * getattr(shape, "per_row", 1))
