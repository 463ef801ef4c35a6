"""Sums over layers for one inference, which `Totals.times` multiplies by the batch.

What is not known of a layer is in no sum, and each sum says of how many MACs it is.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fodlam_core.estimates.figures import OVERHEAD, Basis, Totals
from fodlam_core.model.quantities import METRICS, Amounts, interval_of
from fodlam_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fodlam_core.model.layers import Layer
    from fodlam_core.model.quantities import Bounds

# FODLAM's two kinds are always in the totals, even where a network has no such layer.
ALWAYS = ("conv", "fc")
NOTHING = (0.0, 0.0)

Key = tuple[str, str | None]


class Sum(NamedTuple):
    """The sum of one quantity over some layers.

    Attributes:
        value: how much; None if no layer has a value.
        macs: multiply-accumulates of the layers that have one.
        layers: number of layers that have one.
        bounds: sums of the ends of the intervals; None if a layer has none, or no value.
        joint: the same of their ends as parts of a total; None if a layer has none.
    """

    value: float | None = None
    macs: int = 0
    layers: int = 0
    bounds: Bounds | None = NOTHING
    joint: Bounds | None = NOTHING

    def add(self, other: Sum) -> Sum:
        """Return the sum of both; what one does not know is not in it."""
        value = other.value if self.value is None else self.value + (other.value or 0.0)
        return Sum(
            value=value,
            macs=self.macs + other.macs,
            layers=self.layers + other.layers,
            bounds=_both(self.bounds, other.bounds),
            joint=_both(self.joint, other.joint),
        )


def _both(one: Bounds | None, other: Bounds | None) -> Bounds | None:
    return None if one is None or other is None else (one[0] + other[0], one[1] + other[1])


class Part(NamedTuple):
    """The sums over the layers of one kind on one accelerator, each counted as often as it runs.

    Attributes:
        sums: of each metric.
        macs: multiply-accumulates, of layers without a cost too.
        lines: number of lines of the result, those without a cost too.
        layers: how many of them are layers.
        batches: batches of the measurements behind them; None where a layer has several.
        macs_printed: multiply-accumulates behind costs that are taken as printed; None if a
            layer has several batches.
    """

    sums: tuple[Sum, ...]
    macs: int
    lines: int
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
        sums=tuple(
            _sum(
                (
                    layer,
                    basis.amounts[place],
                    basis.interval and basis.interval[place],
                    basis.part and basis.part[place],
                )
                for layer, basis in known
            )
            for place in range(len(METRICS))
        ),
        macs=sum(macs),
        lines=len(group),
        layers=sum(layer.kind != OVERHEAD for layer, _ in group),
        batches=frozenset(batches),
        macs_printed=None
        if None in batches
        else sum(count * (batch or 0) for count, batch in zip(macs, batches, strict=False)),
    )


def _sum(values: Iterable[tuple[Layer, float | None, Bounds | None, Bounds | None]]) -> Sum:
    """Return the sum of values of one item each, and of their bounds, times the repetitions."""
    total: float | None = None
    macs = layers = 0
    ends: list[Bounds | None] = [NOTHING, NOTHING]
    for layer, value, *bounds in values:
        if value is None:
            continue
        repeat = layer.repeat
        total = (total or 0.0) + value * repeat
        macs += layer.total_macs
        layers += 1
        ends = [
            None
            if sums is None or each is None
            else (sums[0] + each[0] * repeat, sums[1] + each[1] * repeat)
            for sums, each in zip(ends, bounds, strict=True)
        ]
    return Sum(total, macs, layers, *(ends if layers else (None, None)))


def totals_of(
    parts: Mapping[Key, Part], areas_mm2: Mapping[str, float | None], *, printed: bool
) -> tuple[dict[str, Totals], dict[str, Totals]]:
    """Return the totals by kind, with the overall total, and those by accelerator.

    Args:
        parts: the sums by kind and accelerator.
        areas_mm2: the area of each accelerator, None if not known.
        printed: whether costs are as printed, else they are for one inference.
    """
    kinds: dict[str, list[Part]] = {kind: [] for kind in ALWAYS}
    accelerators: dict[str, list[Part]] = {name: [] for name in areas_mm2}
    for (kind, name), part in parts.items():
        kinds.setdefault(kind, []).append(part)
        if name is not None:
            accelerators[name].append(part)
    totals = {kind: _total(each, printed=printed) for kind, each in kinds.items()}
    areas = list(areas_mm2.values())
    area_mm2 = None if None in areas or not areas else math.fsum(area or 0.0 for area in areas)
    totals["total"] = _total(list(parts.values()), area_mm2, printed=printed)
    return totals, {
        name: _total(each, areas_mm2[name], printed=printed) for name, each in accelerators.items()
    }


def _total(parts: list[Part], area_mm2: float | None = None, *, printed: bool) -> Totals:
    # Nothing at all costs nothing; a sum over layers none of which has a cost is not known.
    sums = [Sum() if parts else Sum(0.0)] * len(METRICS)
    macs = lines = layers = 0
    for part in parts:
        macs += part.macs
        lines += part.lines
        layers += part.layers
        sums = [one.add(other) for one, other in zip(sums, part.sums, strict=True)]
    inferences: int | None = 1
    done: list[float | None] = [each.macs for each in sums]
    if printed:
        batches = frozenset[int | None]().union(*(part.batches for part in parts))
        inferences = next(iter(batches)) if len(batches) == 1 else None
        done = [_printed(parts, place) for place in range(len(METRICS))]
    return Totals(
        amounts=Amounts(*[each.value for each in sums]),
        macs=macs,
        layers=layers,
        inferences=inferences,
        done=tuple(done),
        known=tuple(each.layers for each in sums),
        area_mm2=area_mm2,
        interval=interval_of(_bounds(each, lines) for each in sums),
        ends_added=any(each.layers > 1 and each.bounds and not each.joint for each in sums),
    )


def _printed(parts: Iterable[Part], place: int) -> int | None:
    """Return the MACs behind costs that are taken as printed; None if they are not known.

    Args:
        parts: the parts of a total.
        place: that of the metric.
    """
    total = 0
    for part in parts:
        each = part.sums[place]
        if each.layers and part.macs_printed is None:
            return None
        total += (part.macs_printed or 0) if each.layers else 0
    return total


def _bounds(each: Sum, lines: int) -> Bounds | None:
    """Return the bounds of a total; None where a layer has no value, or no interval.

    Added ends hold if those of all layers do, so that each end is the nearer of the two.
    """
    if each.layers < lines:
        return None
    if each.bounds is None or each.joint is None:
        return each.bounds
    return max(each.bounds[0], each.joint[0]), min(each.bounds[1], each.joint[1])
