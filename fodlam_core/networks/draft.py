"""A network while it is read from a file: what it costs, what is free, what cannot be costed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import attrs

from fodlam_core.model.layers import Layer, Network, layer_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.model.memory_pass import MemoryPass


class Draft:
    """Collects the layers of a network in the order in which they run.

    Attributes:
        layers: the layers so far.
        skipped: operators that cost nothing, with their counts.
        uncosted: operators that should cost something but cannot be costed, with their counts.
        notes: what a reader of the result must know.
        renamed: layers that have a number because their name was taken.
    """

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.skipped: Counter[str] = Counter()
        self.uncosted: Counter[str] = Counter()
        self.notes: list[str] = []
        self.renamed: list[str] = []
        self._keys: Counter[str] = Counter()

    def add(self, layer: Layer) -> int:
        """Append a layer and return its index; a name that is taken gets a number."""
        key = layer_key(layer.name)
        self._keys[key] += 1
        if self._keys[key] > 1:
            name = f"{layer.name}#{self._keys[key]}"
            self.renamed.append(name)
            return self.add(attrs.evolve(layer, name=name))
        self.layers.append(layer)
        return len(self.layers) - 1

    def mark_residual(self, index: int) -> None:
        """Note that a shortcut is added to the output of a layer in the same pass."""
        self.layers[index] = attrs.evolve(self.layers[index], residual_add=True)

    @property
    def total_macs(self) -> int:
        """MACs of one inference, of what was costed so far."""
        return sum(layer.total_macs for layer in self.layers)

    def merge(self, other: Draft, times: int = 1) -> None:
        """Append what another draft holds, its layers run so many times."""
        for layer in other.layers:
            self.add(attrs.evolve(layer, repeat=layer.repeat * times))
        self.skipped.update(other.skipped)
        self.uncosted.update(other.uncosted)
        self.notes += [note for note in other.notes if note not in self.notes]
        self.renamed += other.renamed

    def merge_passes(self, passes: Sequence[tuple[Draft, int]]) -> None:
        """Append the passes of a loop, each with how often it runs.

        Layers that are alike in several passes become one that is repeated; operators are counted
        as in the file, once.
        """
        layers: dict[Layer, int] = {}
        for draft, times in passes:
            for layer in draft.layers:
                one = attrs.evolve(layer, repeat=1)
                layers[one] = layers.get(one, 0) + layer.repeat * times
        for layer, repeat in layers.items():
            self.add(attrs.evolve(layer, repeat=repeat))
        for counts in ("skipped", "uncosted"):
            most = Counter[str]()
            for draft, _ in passes:
                most |= getattr(draft, counts)
            getattr(self, counts).update(most)
        for draft, _ in passes:
            self.notes += [note for note in draft.notes if note not in self.notes]

    def network(self, name: str, source: str, passes: Sequence[MemoryPass] = ()) -> Network:
        """Return what was collected as a network, and what passes over memory next to it."""
        notes = list(self.notes)
        if self.renamed:
            names = ", ".join(self.renamed[:3]) + (" ..." if len(self.renamed) > 3 else "")
            notes.append(f"layers with a repeated name have a number: {names}")
        if self.uncosted:
            counts = ", ".join(f"{count} {name}" for name, count in self.uncosted.items())
            notes.append(f"cannot be costed, and missing from every total: {counts}")
        return Network(
            name=name,
            layers=self.layers,
            skipped=dict(self.skipped),
            source=source,
            notes=tuple(notes),
            uncosted=dict(self.uncosted),
            memory_passes=passes,
        )


def some(names: Sequence[str]) -> str:
    """Return the first of some names, quoted, for a note."""
    return ", ".join(map(repr, names[:3])) + (" ..." if len(names) > 3 else "")


def computed_beforehand(names: Sequence[str]) -> str:
    """Return the note on operators that would cost something, but work on constants alone."""
    return f"computed beforehand, as they depend on no input: {some(names)}"
