"""Sums over layers: prepared for one inference, multiplied by the batch when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.estimates.figures import Basis, Totals
from fodlam_core.model.costs import Interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fodlam_core.model.layers import Layer

# FODLAM's two kinds are always in the totals, even where a network has no such layer.
ALWAYS = ("conv", "fc")
NOTHING = Interval((0.0, 0.0), (0.0, 0.0))

Key = tuple[str, str | None]


class Part(NamedTuple):
    """The sum over the layers of one kind on one accelerator, each counted as often as it runs.

    Attributes:
        modelled: whether an accelerator serves them.
        latency_s: seconds.
        energy_j: joules.
        interval: sums of the ends of the intervals; None if a layer has none.
        macs: multiply-accumulates.
        layers: number of layers.
        batches: batches of the measurements behind them; None where a layer has several.
        macs_printed: multiply-accumulates behind costs that are taken as printed; None if a
            layer has several batches.
    """

    modelled: bool
    latency_s: float
    energy_j: float
    interval: Interval | None
    macs: int
    layers: int
    batches: frozenset[int | None]
    macs_printed: int | None


def parts_of(items: Iterable[tuple[Layer, Basis | None]]) -> dict[Key, Part]:
    """Sum layers up by kind and accelerator."""
    groups: dict[Key, list[tuple[Layer, Basis | None]]] = {}
    for layer, basis in items:
        key = layer.kind, basis.accelerator if basis else None
        groups.setdefault(key, []).append((layer, basis))
    return {key: _part(group) for key, group in groups.items()}


def _part(group: list[tuple[Layer, Basis | None]]) -> Part:
    known = [(layer, basis) for layer, basis in group if basis]
    batches = [basis.batches[0] if len(basis.batches) == 1 else None for _, basis in known]
    macs = [layer.total_macs for layer, _ in group]
    return Part(
        bool(known),
        sum((basis.latency_s * layer.repeat for layer, basis in known), 0.0),
        sum((basis.energy_j * layer.repeat for layer, basis in known), 0.0),
        _interval(known) if known else None,
        sum(macs),
        len(group),
        frozenset(batches),
        None
        if None in batches
        else sum(count * (batch or 0) for count, batch in zip(macs, batches, strict=False)),
    )


def _interval(known: list[tuple[Layer, Basis]]) -> Interval | None:
    total = NOTHING
    for layer, basis in known:
        if basis.interval is None:
            return None
        total = _add(total, basis.interval.scaled(layer.repeat, layer.repeat))
    return total


def _add(one: Interval, other: Interval) -> Interval:
    (a, b), (c, d) = one
    (e, f), (g, h) = other
    return Interval((a + e, b + f), (c + g, d + h))


def totals_of(
    parts: Mapping[Key, Part], areas_mm2: Mapping[str, float | None], inferences: int | None
) -> tuple[dict[str, Totals], dict[str, Totals]]:
    """Return the totals by kind, with the overall total, and those by accelerator.

    Args:
        parts: the sums for one inference, or as printed.
        areas_mm2: the area of each accelerator, None if not known.
        inferences: the batch; None for costs as printed.
    """
    kinds: dict[str, list[Part]] = {kind: [] for kind in ALWAYS}
    accelerators: dict[str, list[Part]] = {name: [] for name in areas_mm2}
    for (kind, name), part in parts.items():
        kinds.setdefault(kind, []).append(part)
        if name is not None:
            accelerators[name].append(part)
    totals = {kind: _total(each, inferences) for kind, each in kinds.items()}
    areas = list(areas_mm2.values())
    area_mm2 = None if None in areas or not areas else sum(area or 0.0 for area in areas)
    totals["total"] = _total(list(parts.values()), inferences, area_mm2)
    return totals, {
        name: _total(each, inferences, areas_mm2[name]) for name, each in accelerators.items()
    }


def _total(parts: list[Part], inferences: int | None, area_mm2: float | None = None) -> Totals:
    times = 1 if inferences is None else inferences
    latency_s = energy_j = 0.0
    macs = layers = modelled_macs = 0
    macs_printed: int | None = 0
    interval: Interval | None = NOTHING
    modelled = not parts
    for part in parts:
        macs += part.macs
        layers += part.layers
        interval = _add(interval, part.interval) if interval and part.interval else None
        if part.modelled:
            modelled = True
            latency_s += part.latency_s
            energy_j += part.energy_j
            modelled_macs += part.macs
            if macs_printed is not None and part.macs_printed is not None:
                macs_printed += part.macs_printed
            else:
                macs_printed = None
    if inferences is None:
        batches = frozenset[int | None]().union(*(part.batches for part in parts))
        inferences = next(iter(batches)) if len(batches) == 1 else None
        macs_done = macs_printed
    else:
        macs_done = modelled_macs * times
    if interval and times != 1:
        interval = interval.scaled(times, times)
    return Totals(
        latency_s * times if modelled else None,
        energy_j * times if modelled else None,
        macs,
        layers,
        inferences,
        macs_done,
        area_mm2,
        interval,
    )
