"""What is known of each chip, without its tables where a library says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from fodlam_core.deferred import DeferredAccelerator
from fodlam_core.errors import UnknownNameError, unknown
from fodlam_core.plugins.patterns import ALL
from fodlam_core.report.document import Document, Text, table
from fodlam_core.report.frames import Tabular
from fodlam_core.report.units import percent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.plugins.registry import Registry

FACTS = (
    *("vendor", "device", "node_nm", "precision", "provenance", "layers", "networks"),
    *("latency_error", "energy_error", "chip_count"),
)


class Chip(NamedTuple):
    """A chip, or one of its operating points, as a listing shows it.

    Attributes:
        name: ``chip`` or ``chip/point``.
        title: one line for a person.
        kinds: the kinds of layers that it serves.
        aliases: further names.
        facts: what is known besides, by the names of `FACTS`; None where nothing is.
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


@attrs.frozen(eq=False, repr=False)
class Chips(Tabular):
    """Chips and operating points, sorted by name."""

    chips: tuple[Chip, ...]

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a flat dictionary for each chip."""
        return [
            {**row, "kinds": " ".join(row["kinds"]), "aliases": " ".join(row["aliases"])}
            for row in (each.to_dict() for each in self.chips)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values: the JSON of ``chips``."""
        return {"rows": [each.to_dict() for each in self.chips]}

    def document(self) -> Document:
        """Return what a person reads."""
        return chips_document(self.chips)

    def __repr__(self) -> str:
        return f"<{len(self.chips)} chips and operating points>"


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
        return [
            Chip(
                name=item.name,
                title=item.title,
                kinds=item.kinds,
                aliases=item.aliases,
                facts=item.facts,
            )
        ]
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
        "chip_count": accelerator.chip_count,
        **{f"{quantity}_error": each.mape for quantity, each in errors.items()},
    }
    return Chip(
        name=accelerator.name,
        title=accelerator.title,
        kinds=accelerator.kinds,
        aliases=accelerator.aliases,
        facts=facts,
    )


def chosen_chips(
    registry: Registry, on: Sequence[str] = (), *, points: bool = False, device: str | None = None
) -> list[str]:
    """Return the chips that names and patterns stand for, or all; each at its default point.

    Args:
        registry: the chips.
        on: names and patterns; by default every chip.
        points: whether every operating point is meant.
        device: only devices of this kind.

    Raises:
        FodlamError: if no chip answers to a pattern, or none is of the kind.
    """
    names = [name for pattern in on or (ALL,) for name in registry.matching(pattern)]
    if points:
        names += [name for pattern in on or (ALL,) for name in _points(registry, pattern)]
        listed = frozenset(names)
        names = [
            name for name in names if "/" in name or not _is_among(listed, registry.supplied(name))
        ]
    names = list(dict.fromkeys(names))
    return names if device is None else _of_kind(device, names, registry)


def _is_among(names: Collection[str], item: Accelerator | DeferredAccelerator) -> bool:
    """Tell whether the default point of a chip is among names under a name of its own."""
    if isinstance(item, DeferredAccelerator):
        return False
    return any(
        point.name in names
        and (point.measurements, point.references, point.technology, point.predictors)
        == (item.measurements, item.references, item.technology, item.predictors)
        for point in item.points
    )


def _of_kind(device: str, names: Sequence[str], registry: Registry) -> list[str]:
    kinds = {name: _device(registry.supplied(name)) for name in names}
    chosen = [name for name in names if kinds[name] == device.lower()]
    if not chosen:
        known = {kind for kind in kinds.values() if kind}
        raise UnknownNameError(
            unknown("kind of device", device, known, "no chip here says what kind it is")
        )
    return chosen


def _device(item: Accelerator | DeferredAccelerator) -> str:
    if isinstance(item, DeferredAccelerator):
        return item.facts.get("device") or ""
    return item.device


def are_chips(on: Sequence[str]) -> bool:
    """Tell whether names and patterns stand for chips, and for no point in particular.

    >>> are_chips(["h100-sxm-80gb", "rtx-*"]), are_chips(["rtx-4090/llamacpp-q4"])
    (True, False)
    """
    return not any("/" in name for name in on)


def _points(registry: Registry, pattern: str) -> list[str]:
    pattern = "*" if pattern == ALL else pattern
    try:
        return registry.matching(pattern if "/" in pattern else f"{pattern}/*")
    except UnknownNameError:
        return []


def chips_document(chips: Sequence[Chip]) -> Document:
    """Return a table of chips for a person."""
    title = f"{len({chip.chip for chip in chips})} chips, {len(chips)} operating points"
    return Document(
        title,
        (
            table(
                ("chip", "device", "node", "precision", "provenance", "measured", "error"),
                map(_row, chips),
                "node, error",
                "provenance, device, node, precision",
            ),
            Text(
                "error: mean absolute error of predicted latency on what the predictor had not "
                "seen; chips show NAME lists sources and points"
            ),
        ),
    )


def _row(chip: Chip) -> tuple[str, ...]:
    facts = chip.facts
    node = facts.get("node_nm")
    measured = [f"{facts[name]} {name}" for name in ("layers", "networks") if facts.get(name)]
    return (
        chip.name,
        str(facts.get("device") or "-"),
        "-" if node is None else f"{node:g} nm",
        str(facts.get("precision") or "-"),
        str(facts.get("provenance") or "-"),
        ", ".join(measured) or "-",
        percent(facts.get("latency_error")),
    )
