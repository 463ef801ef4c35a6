"""Chips side by side, as bars with intervals: a ranking, or a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from matplotlib.patches import Patch

from fodlam_core.figures.canvas import COLORS, GREY, axes, finish, label, logarithmic, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from fodlam_core.analyses.comparison import Comparison, Outcome
    from fodlam_core.analyses.ranking import Ranked, Ranking

MOST_ROWS = 40
UNITS = {"s": "latency", "J": "energy"}
METHODS = {
    "measured": COLORS[0],
    "published": COLORS[2],
    "predicted": COLORS[1],
    "datasheet": COLORS[3],
}


class _Row(NamedTuple):
    name: str
    color: str
    costs: Mapping[str, float | None]
    ends: Mapping[str, tuple[float, float] | None]


def ranking(found: Ranking) -> list[Axes]:
    """Draw latency and energy of the first 40 chips of a ranking; whiskers are the intervals.

    Returns:
        The axes of latency, then of energy, where either is known.
    """
    shown = found.ranked[:MOST_ROWS]
    rows = [_ranked(each) for each in shown]
    drawn = _rows(rows)
    methods = {each.method: METHODS[each.method] for each in shown}
    marks = [Patch(color=color, label=name) for name, color in methods.items()]
    if marks:
        drawn[0].figure.legend(
            handles=marks, loc="outside upper right", ncols=3, fontsize=7, frameon=False
        )
    cut = f", first {MOST_ROWS} of {len(found.ranked)}" if len(found.ranked) > MOST_ROWS else ""
    sources = [
        str(platform.accelerator.citation)
        for each in shown
        if each.estimate
        for platform in each.estimate.platforms.values()
    ]
    finish(drawn[0], f"{found.network.name}, batch {found.batch}, by {found.sort}{cut}", sources)
    return drawn


def comparison(found: Comparison) -> list[Axes]:
    """Draw latency and energy of each choice; whiskers are the intervals.

    Returns:
        The axes of latency, then of energy, where either is known.
    """
    rows = [_outcome(each) for each in found.outcomes if each.estimate][:MOST_ROWS]
    drawn = _rows(rows)
    estimates = [each.estimate for each in found.outcomes if each.estimate]
    network = estimates[0].network.name if estimates else found.config.source
    sources = [str(p.accelerator.citation) for e in estimates for p in e.platforms.values()]
    finish(drawn[0], f"{network}: {', '.join(found.outcomes[0].choices)}", sources)
    return drawn


def _ranked(each: Ranked) -> _Row:
    doubt = "" if each.verdict == "fits" else " (!)"
    costs = {"s": each.latency_s, "J": each.energy_j}
    ends = {unit: each.bounds(quantity) for unit, quantity in UNITS.items()}
    return _Row(each.name + doubt, METHODS[each.method], costs, ends)


def _outcome(each: Outcome) -> _Row:
    assert each.estimate is not None
    total = each.estimate.totals["total"]
    interval = total.interval
    costs = {"s": total.latency_s, "J": total.energy_j}
    ends = {
        "s": interval.latency_s if interval else None,
        "J": interval.energy_j if interval else None,
    }
    return _Row(", ".join(each.choices.values()), COLORS[0], costs, ends)


def _rows(rows: Sequence[_Row]) -> list[Axes]:
    units = [u for u in UNITS if any(row.costs[u] is not None for row in rows)] or ["s"]
    found = axes(len(units), 1.6 + 0.2 * len(rows), share_y=True)
    for each, unit in zip(found, units, strict=True):
        _draw(each, unit, rows)
    found[0].set_yticks(range(len(rows)), [plain(row.name) for row in rows])
    found[0].set_ylim(len(rows) - 0.4, -0.6)
    return found


def _draw(each: Axes, unit: str, rows: Sequence[_Row]) -> None:
    costs = [row.costs[unit] or 0 for row in rows]
    ends = [end for row in rows if (end := row.ends[unit])]
    log = logarithmic(each, [*costs, *(value for end in ends for value in end)])
    for place, row in enumerate(rows):
        cost, bounds = row.costs[unit], row.ends[unit]
        if cost is None:
            mark = each.get_yaxis_transform()
            each.text(0.01, place, "not known", va="center", fontsize=6, color=GREY, transform=mark)
            continue
        whiskers = bounds and [[max(0.0, cost - bounds[0])], [max(0.0, bounds[1] - cost)]]
        if log:  # a bar has no length where there is no zero
            each.plot(cost, place, "o", color=row.color, markersize=4)
        else:
            each.barh(place, cost, color=row.color, height=0.7)
        if whiskers:
            color = row.color if log else "black"
            each.errorbar(cost, place, xerr=whiskers, color=color, lw=0.9, capsize=1.8)
    each.grid(axis="x", lw=0.3, color="#cccccc")
    each.set_axisbelow(True)
    label(each, unit)
