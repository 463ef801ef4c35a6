"""The cost of each layer, as bars."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from matplotlib.patches import Patch

from fodlam_core.figures.canvas import COLORS, GREY, axes, finish, label, plain, short
from fodlam_core.model.quantities import METRICS, Interval
from fodlam_core.model.transformer import layer_group
from fodlam_core.report.units import counted, quantity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from fodlam_core.estimates import Estimate
    from fodlam_core.estimates.figures import LayerEstimate

MOST_BARS = 40
NO_CHIP = ("not modelled", "several chips")
TOO_SHORT = 0.01  # a bar of less than this share of its axis has its cost next to it
WAITING = 0.5  # how much lighter the part of a latency is that waits for memory
UNITS = tuple(metric.unit for metric in METRICS)


class _Bar(NamedTuple):
    """A layer, or several.

    Attributes:
        name: that of the layer.
        accelerator: what runs it.
        predicted: whether its cost is predicted.
        costs: by unit; None where not known.
        ends: the ends of its interval, by unit.
        waiting_s: the part of its latency that is spent waiting for memory outside the chip.
        runs: how many runs of a layer it stands for.
    """

    name: str
    accelerator: str
    predicted: bool
    costs: Mapping[str, float | None]
    ends: Mapping[str, tuple[float, float] | None]
    waiting_s: float = 0.0
    runs: int = 1


def layers(estimate: Estimate) -> list[Axes]:
    """Draw latency and energy of each layer, coloured by chip, predicted ones hatched.

    A latency is stacked: computing, and in a lighter tone waiting for memory outside the chip.
    Layers of a transformer have a bar together whatever their block, as in the table. Of more than
    40 bars the cheapest are drawn as one. Whiskers are the intervals; those of several layers add
    the ends.

    Returns:
        The axes of latency, then of energy, where either is known.
    """
    bars = [_bar(each) for each in estimate.layers]
    bars = _merged(_grouped(bars) if estimate.network.transformer else bars)
    units = [u for u in UNITS if any(bar.costs[u] is not None for bar in bars)] or ["s"]
    found = axes(len(units), 1.3 + 0.19 * len(bars), share_y=True)
    names = list(dict.fromkeys(bar.accelerator for bar in bars if bar.accelerator not in NO_CHIP))
    colors = {name: COLORS[place % len(COLORS)] for place, name in enumerate(names)}
    colors |= {name: GREY for name in NO_CHIP if any(bar.accelerator == name for bar in bars)}
    for each, unit in zip(found, units, strict=True):
        _draw(each, unit, bars, colors)
    found[0].set_yticks(range(len(bars)), [short(bar.name) for bar in bars])
    found[0].set_ylim(len(bars) - 0.4, -0.6)
    batch = estimate.batch
    inferences = "costs as printed" if batch == "published" else counted(batch, "inference")
    citations = [str(each.accelerator.citation) for each in estimate.platforms.values()]
    finish(found[0], f"{estimate.network.name}, {inferences}", citations, _marks(bars, colors))
    return found


def _bar(each: LayerEstimate) -> _Bar:
    return _Bar(
        name=each.layer.name,
        accelerator=each.basis.accelerator if each.basis else NO_CHIP[0],
        predicted=each.method == "predicted",
        costs=dict(zip(UNITS, each.amounts, strict=True)),
        ends=dict(zip(UNITS, each.interval or Interval(), strict=True)),
        waiting_s=each.native.offchip_latency_s if each.native and each.latency_s else 0.0,
        runs=each.layer.repeat,
    )


def _merged(bars: list[_Bar]) -> list[_Bar]:
    if len(bars) <= MOST_BARS:
        return bars
    order = sorted(range(len(bars)), key=lambda n: -(bars[n].costs["s"] or bars[n].costs["J"] or 0))
    dear = sorted(order[: MOST_BARS - 1])
    rest = [bars[place] for place in order[MOST_BARS - 1 :]]
    return [*(bars[place] for place in dear), _sum(f"{len(rest)} others", rest)]


def _grouped(bars: list[_Bar]) -> list[_Bar]:
    """Return the bars of a transformer's layers, those of equal name in all blocks as one."""
    groups: dict[tuple[object, ...], list[_Bar]] = {}
    for bar in bars:
        key = layer_group(bar.name), bar.accelerator, bar.predicted
        groups.setdefault(key, []).append(bar)
    sums = [_sum(str(key[0]), group) for key, group in groups.items()]
    return [bar._replace(name=f"{bar.name} x{bar.runs}") if bar.runs > 1 else bar for bar in sums]


def _sum(name: str, bars: Sequence[_Bar]) -> _Bar:
    """Return bars as one, whose costs are what is known of them."""
    costs = {u: [cost for bar in bars if (cost := bar.costs[u]) is not None] for u in UNITS}
    ends = {u: [end for bar in bars if (end := bar.ends[u]) is not None] for u in UNITS}
    chips = {bar.accelerator for bar in bars} - {NO_CHIP[0]} or {NO_CHIP[0]}
    return _Bar(
        name=name,
        accelerator=chips.pop() if len(chips) == 1 else NO_CHIP[1],
        predicted=any(bar.predicted for bar in bars),
        costs={unit: math.fsum(each) if each else None for unit, each in costs.items()},
        ends={
            unit: _added(each) if len(each) == len(bars) else None for unit, each in ends.items()
        },
        waiting_s=math.fsum(bar.waiting_s for bar in bars),
        runs=sum(bar.runs for bar in bars),
    )


def _added(ends: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the low ends added, and the high ones.

    >>> _added([(1.0, 2.0), (3.0, 5.0)])
    (4.0, 7.0)
    """
    return math.fsum(low for low, _ in ends), math.fsum(high for _, high in ends)


def _draw(each: Axes, unit: str, bars: Sequence[_Bar], colors: Mapping[str, str]) -> None:
    costs = [bar.costs[unit] or 0 for bar in bars]
    most = max(costs, default=0)
    reach = max((end[1] for bar in bars if (end := bar.ends[unit])), default=0)
    limit = 1.05 * max(most, min(reach, 3 * most)) or 1.0
    for place, bar in enumerate(bars):
        cost, ends = bar.costs[unit], bar.ends[unit]
        hatch = "////" if bar.predicted else None
        if cost is None:
            _note(each, 0, place, "not known")
            continue
        color = colors[bar.accelerator]
        each.barh(place, cost, color=color, hatch=hatch, edgecolor="white", height=0.75)
        if unit == "s" and bar.waiting_s:
            start, width = cost - bar.waiting_s, bar.waiting_s
            each.barh(place, width, left=start, height=0.75, color="white", alpha=WAITING)
        if ends:
            whiskers = [[max(0.0, cost - ends[0])], [max(0.0, ends[1] - cost)]]
            each.errorbar(cost, place, xerr=whiskers, color="black", lw=0.7, capsize=1.5)
        if cost < TOO_SHORT * limit:
            _note(each, max(cost, ends[1] if ends else 0), place, quantity(cost, unit, 3))
    each.set_xlim(0, limit)
    label(each, unit)


def _note(each: Axes, x: float, place: int, text: str) -> None:
    shift = (4, 0)
    each.annotate(
        text, (x, place), shift, textcoords="offset points", va="center", fontsize=6, color=GREY
    )


def _marks(bars: Sequence[_Bar], colors: Mapping[str, str]) -> list[Patch]:
    marks = [Patch(facecolor=color, label=plain(name)) for name, color in colors.items()]
    if any(bar.predicted for bar in bars):
        marks.append(Patch(facecolor=GREY, hatch="////", edgecolor="white", label="predicted"))
    if any(bar.waiting_s for bar in bars):
        name = "lighter: waiting for memory"
        marks.append(Patch(facecolor=GREY, alpha=1 - WAITING, label=name))
    return marks
