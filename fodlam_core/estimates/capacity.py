"""Whether the weights of a network fit the memory of the chip that is to run it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.report.units import quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.config.model import Batch
    from fodlam_core.estimates.figures import Basis
    from fodlam_core.estimates.platform import Platform
    from fodlam_core.model.layers import Layer, Network
    from fodlam_core.model.transformer import TransformerFacts

# How notes begin that say that a result cannot be had on one chip.
DOES_NOT_FIT = "does not fit: "
PHASES = ("prefill", "decode")


def weight_capacity(accelerator: Accelerator) -> float | None:
    """Return how many weights the chip holds: off-chip, or on-chip where that is all it states.

    None if a size, or the bits of a weight, are not known.
    """
    if accelerator.most_weights is not None:
        return accelerator.most_weights
    memory = accelerator.memory_bytes or accelerator.onchip_bytes
    if memory is None or accelerator.weight_bits is None:
        return None
    return memory * 8 / accelerator.weight_bits


def capacity_notes(
    network: Network,
    batch: Batch,
    items: Sequence[tuple[Layer, Basis | None]],
    platforms: Mapping[str, Platform],
) -> Iterator[str]:
    """Yield a sentence for each chip whose memory the weights of its layers exceed.

    Zeros are not stored by chips that skip them: of those, weights count by their density, where
    it is known. A transformer needs its cache and its activations besides its weights.
    """
    for name, platform in platforms.items():
        memory = platform.accelerator.memory_bytes
        if network.transformer is not None and memory is not None:
            sequences = batch if isinstance(batch, int) else 1
            yield from _transformer(network.transformer, sequences, name, memory)
            continue
        capacity = weight_capacity(platform.accelerator)
        if capacity is None:
            continue
        chip = platform.accelerator
        sparse = chip.skips_zeros and chip.most_weights is None
        stored = _stored(items, name, skips_zeros=sparse)
        if stored > capacity:
            yield (
                f"{DOES_NOT_FIT}the layers on {name} have {quantity(stored)} weights to store, "
                f"its memory holds {quantity(capacity)}; {_chips(stored, capacity)} would hold "
                "them, and the cost of loading them is not included"
            )


def _transformer(
    facts: TransformerFacts, sequences: int, name: str, memory: float
) -> Iterator[str]:
    """Yield a sentence if weights, cache and activations exceed the memory of a chip."""
    needed = facts.memory(sequences)
    if needed.total > memory:
        yield (
            f"{DOES_NOT_FIT}{name} has {quantity(memory, 'B')}; weights ({facts.precision}) take "
            f"{quantity(needed.weights, 'B')}, the cache of {sequences} sequences "
            f"{quantity(needed.cache, 'B')}, activations {quantity(needed.activations, 'B')}; "
            f"{_chips(needed.total, memory)} would hold them, and what passes between chips is in "
            "no number"
        )


def _stored(
    items: Sequence[tuple[Layer, Basis | None]], accelerator: str, *, skips_zeros: bool
) -> float:
    total, seen = 0.0, set()
    for layer, basis in items:
        if basis is not None and basis.accelerator == accelerator:
            # Weights of a transformer serve every phase of a run.
            phase, _, rest = layer.name.partition("/")
            name = rest if phase in PHASES else layer.name
            if name in seen:
                continue
            seen.add(name)
            density = layer.weight_density if skips_zeros else None
            total += (layer.weights or 0) * (1.0 if density is None else density)
    return total


def _chips(stored: float, capacity: float) -> str:
    return f"{-(-stored // capacity):.0f} such chips"
