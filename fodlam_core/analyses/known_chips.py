"""What is known of each chip, without its tables where a library says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fodlam_core.deferred import DeferredAccelerator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.plugins.registry import Registry

FACTS = (
    *("vendor", "device", "node_nm", "precision", "provenance", "layers", "networks"),
    *("latency_error", "energy_error"),
)


class Chip(NamedTuple):
    """A chip, or one of its operating points, as a listing shows it.

    Attributes:
        name: ``chip`` or ``chip/point``.
        title: one line for a person.
        kinds: the kinds of layers that it serves.
        aliases: further names.
        facts: what is known beside, by the names of `FACTS`; None where nothing is.
    """

    name: str
    title: str
    kinds: tuple[str, ...]
    aliases: tuple[str, ...]
    facts: Mapping[str, Any]

    @property
    def chip(self) -> str:
        """The name of the chip, without that of a point."""
        return self.name.partition("/")[0]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values: a row of ``chips --format json``."""
        return {
            "name": self.name,
            "title": self.title,
            "kinds": list(self.kinds),
            "aliases": list(self.aliases),
            **{fact: self.facts.get(fact) for fact in FACTS},
        }


def known_chips(registry: Registry, names: Iterable[str] | None = None) -> list[Chip]:
    """Return chips and their points, sorted by name; those of libraries are not loaded.

    Args:
        registry: the chips.
        names: only these; by default all.
    """
    wanted = None if names is None else set(names)
    every = (
        chip
        for name in registry.names("accelerator")
        for chip in _listed(registry.items["accelerator", name])
    )
    return sorted(chip for chip in every if wanted is None or chip.name in wanted)


def _listed(item: Accelerator | DeferredAccelerator) -> list[Chip]:
    if isinstance(item, DeferredAccelerator):
        return [Chip(item.name, item.title, item.kinds, item.aliases, item.facts)]
    return [_of(item), *(_of(point) for point in item.points)]


def _of(accelerator: Accelerator) -> Chip:
    errors = next(iter(accelerator.cross_validated.values()), {})
    facts = {
        "vendor": accelerator.vendor or None,
        "device": accelerator.device or None,
        "node_nm": accelerator.technology.node_nm if accelerator.technology else None,
        "precision": accelerator.precision or None,
        "provenance": accelerator.provenance,
        "layers": len(accelerator.measurements),
        "networks": len(accelerator.references),
        **{f"{quantity}_error": each.mape for quantity, each in errors.items()},
    }
    return Chip(accelerator.name, accelerator.title, accelerator.kinds, accelerator.aliases, facts)
