"""Chips side by side, as bars with intervals: a ranking, or a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from fodlam_core.errors import listed
from fodlam_core.figures.canvas import (
    COLORS,
    GREY,
    MARKS,
    axes,
    finish,
    label,
    logarithmic,
    plain,
    short,
)
from fodlam_core.model.quantities import METRICS, Interval
from fodlam_core.report.units import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from fodlam_core.analyses.comparison import Comparison, Outcome
    from fodlam_core.analyses.ranked import Ranked
    from fodlam_core.analyses.ranking import Ranking
    from fodlam_core.estimates.figures import Totals

MOST_ROWS = 40
UNITS = {metric.unit: metric.name for metric in METRICS}
# Method -> place in COLORS and MARKS.
METHODS = {"measured": 0, "predicted": 1, "published": 2, "datasheet": 3}


class _Row(NamedTuple):
    """A chip, or a choice.

    Attributes:
        name: what is written at the axis.
        parts: what its bars are stacked of, by name: costs by unit.
        costs: their sums; None where not known.
        ends: the ends of the intervals, by unit.
    """

    name: str
    parts: Mapping[str, Mapping[str, float | None]]
    costs: Mapping[str, float | None]
    ends: Mapping[str, tuple[float, float] | None]


def ranking(found: Ranking) -> list[Axes]:
    """Draw latency and energy of the first 40 chips of a ranking; whiskers are the intervals.

    Returns:
        The axes of latency, then of energy, where either is known.
    """
    shown = found.ranked[:MOST_ROWS]
    styles = {name: METHODS[name] for name in dict.fromkeys(each.method for each in shown)}
    drawn = _rows([_ranked(each) for each in shown], styles)
    cut = f", first {MOST_ROWS} of {len(found.ranked)}" if len(found.ranked) > MOST_ROWS else ""
    sources = [
        str(platform.accelerator.citation)
        for each in shown
        if each.estimate
        for platform in each.estimate.platforms.values()
    ]
    title = f"{found.network.name}, {counted(found.batch, 'inference')}, by {found.sort}{cut}"
    finish(drawn[0], title, sources, _marks(drawn[0], styles))
    return drawn


def comparison(found: Comparison) -> list[Axes]:
    """Draw latency and energy of each choice, stacked by chip; whiskers are the intervals.

    Returns:
        The axes of latency, then of energy, where either is known.
    """
    estimates = [each.estimate for each in found.outcomes if each.estimate]
    names = dict.fromkeys(name for each in estimates for name in each.accelerators)
    styles = {name: place % len(COLORS) for place, name in enumerate(names)}
    rows = {str(row): row for row in (_outcome(each) for each in found.outcomes if each.estimate)}
    drawn = _rows(list(rows.values())[:MOST_ROWS], styles)
    network = estimates[0].network.name if estimates else found.config.source
    sources = [str(p.accelerator.citation) for e in estimates for p in e.platforms.values()]
    cut = f", first {MOST_ROWS} of {len(rows)}" if len(rows) > MOST_ROWS else ""
    title = f"{network}, by {listed(found.outcomes[0].choices)}{cut}"
    finish(drawn[0], title, sources, _marks(drawn[0], styles))
    return drawn


def _ranked(each: Ranked) -> _Row:
    doubt = "" if each.verdict == "fits" else " (!)"
    costs = dict(zip(UNITS, each.amounts, strict=True))
    ends = {unit: each.bounds(quantity) for unit, quantity in UNITS.items()}
    return _Row(name=each.name + doubt, parts={each.method: costs}, costs=costs, ends=ends)


def _outcome(each: Outcome) -> _Row:
    assert each.estimate is not None
    total = each.estimate.totals["total"]
    ends = dict(zip(UNITS, total.interval or Interval(), strict=True))
    parts = {name: _costs(part) for name, part in each.estimate.accelerators.items()}
    return _Row(name=", ".join(each.names), parts=parts, costs=_costs(total), ends=ends)


def _costs(totals: Totals) -> dict[str, float | None]:
    return dict(zip(UNITS, totals.amounts, strict=True))


def _rows(rows: Sequence[_Row], styles: Mapping[str, int]) -> list[Axes]:
    units = [u for u in UNITS if any(row.costs[u] is not None for row in rows)] or ["s"]
    found = axes(len(units), 1.6 + 0.2 * len(rows), share_y=True)
    for each, unit in zip(found, units, strict=True):
        _draw(each, unit, rows, styles)
    found[0].set_yticks(range(len(rows)), [short(row.name) for row in rows])
    found[0].set_ylim(len(rows) - 0.4, -0.6)
    return found


def _draw(each: Axes, unit: str, rows: Sequence[_Row], styles: Mapping[str, int]) -> None:
    costs = [row.costs[unit] or 0 for row in rows]
    ends = [end for row in rows if (end := row.ends[unit])]
    log = logarithmic(each, [*costs, *(value for end in ends for value in end)])
    for place, row in enumerate(rows):
        cost, bounds = row.costs[unit], row.ends[unit]
        if cost is None:
            mark = each.get_yaxis_transform()
            each.text(0.01, place, "not known", va="center", fontsize=6, color=GREY, transform=mark)
            continue
        dearest = max(row.parts, key=lambda name: row.parts[name][unit] or 0)
        color = COLORS[styles[dearest]]
        if log:  # a bar has no length where there is no zero
            each.plot(cost, place, MARKS[styles[dearest]], color=color, markersize=4)
        else:
            _stack(each, place, unit, row, styles)
        if bounds:
            whiskers = [[max(0.0, cost - bounds[0])], [max(0.0, bounds[1] - cost)]]
            line = color if log else "black"
            each.errorbar(cost, place, xerr=whiskers, color=line, lw=0.9, capsize=1.8)
    each.grid(axis="x", lw=0.3, color="#cccccc")
    each.set_axisbelow(True)
    label(each, unit)


def _stack(each: Axes, place: int, unit: str, row: _Row, styles: Mapping[str, int]) -> None:
    """Draw the parts of a row, one next to the other."""
    start = 0.0
    for name, costs in row.parts.items():
        cost = costs[unit] or 0.0
        each.barh(place, cost, left=start, color=COLORS[styles[name]], height=0.7)
        start += cost


def _marks(first: Axes, styles: Mapping[str, int]) -> list[Artist]:
    """Return what the colours mean: dots where there are dots, else bars."""
    if first.get_xscale() == "linear":
        return [Patch(color=COLORS[style], label=plain(name)) for name, style in styles.items()]
    return [
        Line2D([], [], marker=MARKS[style], color=COLORS[style], ls="", label=plain(name))
        for name, style in styles.items()
    ]
