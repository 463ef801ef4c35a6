"""The cost of each layer, as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from matplotlib.patches import Patch

from fodlam_core.figures.canvas import COLORS, GREY, axes, finish, label, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from fodlam_core.estimates import Estimate
    from fodlam_core.estimates.figures import LayerEstimate

MOST_BARS = 40
FIELDS = {"s": "latency_s", "J": "energy_j"}


class _Bar(NamedTuple):
    name: str
    accelerator: str
    predicted: bool
    costs: Mapping[str, float | None]
    ends: Mapping[str, tuple[float, float] | None]


def layers(estimate: Estimate) -> list[Axes]:
    """Draw latency and energy of each layer, coloured by chip, predicted ones hatched.

    Of more than 40 layers the cheapest are drawn as one bar. Whiskers are the intervals.

    Returns:
        The axes of latency, then of energy, where either is known.
    """
    bars = _merged([_bar(each) for each in estimate.layers])
    units = [u for u in FIELDS if any(bar.costs[u] is not None for bar in bars)] or ["s"]
    found = axes(len(units), 1.3 + 0.19 * len(bars), share_y=True)
    names = list(dict.fromkeys(bar.accelerator for bar in bars))
    colors = {name: COLORS[place % len(COLORS)] for place, name in enumerate(names)}
    for each, unit in zip(found, units, strict=True):
        _draw(each, unit, bars, colors)
    found[0].set_yticks(range(len(bars)), [plain(bar.name) for bar in bars])
    found[0].set_ylim(len(bars) - 0.4, -0.6)
    _legend(found[0], bars, colors)
    batch = estimate.batch
    inferences = "costs as printed" if batch == "published" else f"batch {batch}"
    citations = [str(each.accelerator.citation) for each in estimate.platforms.values()]
    finish(found[0], f"{estimate.network.name}, {inferences}", citations)
    return found


def _bar(each: LayerEstimate) -> _Bar:
    interval = each.interval
    return _Bar(
        each.layer.name,
        each.basis.accelerator if each.basis else "not modelled",
        each.method == "predicted",
        {unit: getattr(each, field) for unit, field in FIELDS.items()},
        {unit: interval and getattr(interval, field) for unit, field in FIELDS.items()},
    )


def _merged(bars: list[_Bar]) -> list[_Bar]:
    if len(bars) <= MOST_BARS:
        return bars
    dear = sorted(bars, key=lambda bar: -(bar.costs["s"] or bar.costs["J"] or 0))[: MOST_BARS - 1]
    rest = [bar for bar in bars if bar not in dear]
    sums = {unit: sum(bar.costs[unit] or 0 for bar in rest) for unit in FIELDS}
    predicted = any(bar.predicted for bar in rest)
    name = f"{len(rest)} other layers"
    both = {bar.accelerator for bar in rest}
    chip = both.pop() if len(both) == 1 else "several"
    merged = _Bar(name, chip, predicted, sums, dict.fromkeys(FIELDS))
    return [*(bar for bar in bars if bar in dear), merged]


def _draw(each: Axes, unit: str, bars: Sequence[_Bar], colors: Mapping[str, str]) -> None:
    for place, bar in enumerate(bars):
        cost, ends = bar.costs[unit], bar.ends[unit]
        if cost is None:
            each.text(0, place, " not known", va="center", fontsize=6, color=GREY)
            continue
        each.barh(
            place,
            cost,
            color=colors[bar.accelerator],
            hatch="////" if bar.predicted else None,
            edgecolor="white",
            height=0.75,
        )
        if ends:
            whiskers = [[max(0.0, cost - ends[0])], [max(0.0, ends[1] - cost)]]
            each.errorbar(cost, place, xerr=whiskers, color="black", lw=0.7, capsize=1.5)
    most = max((bar.costs[unit] or 0 for bar in bars), default=0)
    reach = max((bar.ends[unit][1] for bar in bars if bar.ends[unit]), default=most)  # type: ignore[index]
    each.set_xlim(0, 1.05 * min(reach, 3 * most) or 1)
    label(each, unit)


def _legend(each: Axes, bars: Sequence[_Bar], colors: Mapping[str, str]) -> None:
    marks = [Patch(facecolor=color, label=plain(name)) for name, color in colors.items()]
    if any(bar.predicted for bar in bars):
        marks.append(Patch(facecolor=GREY, hatch="////", edgecolor="white", label="predicted"))
    each.figure.legend(handles=marks, loc="outside upper right", ncols=4, fontsize=7, frameon=False)
