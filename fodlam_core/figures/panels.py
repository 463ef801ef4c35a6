"""Predicted against measured, with a panel for each chip of a set."""

from __future__ import annotations

import textwrap
from statistics import fmean, median
from typing import TYPE_CHECKING

from fodlam_core.figures.canvas import COLORS, GREY, axes, finish, plain
from fodlam_core.figures.predictions import FIELDS, SINGLE, series
from fodlam_core.report.units import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes

    from fodlam_core.figures.predictions import Series
    from fodlam_core.validation.scores import Validation

COLUMNS, ROWS = 6, 8
PANEL_IN = 1.25
SMALL = 4.5
MOST_TITLE = 26


def panels(results: Sequence[Validation], sources: Iterable[str] = ()) -> list[Axes]:
    """Draw predicted against measured costs of one inference, each chip in a panel of its own.

    Both axes of a panel are logarithmic and span the same, which is written into it; lines are a
    decade apart. The band is the nominal 90 % interval, see `predictions`. The mean absolute error
    is at the upper left.

    Args:
        results: from `fodlam_core.validation.scores.validate`.
        sources: publications, shown in small type.

    Returns:
        The first axes of each page of `COLUMNS` x `ROWS` panels; none for so few chips that one
        picture shows them all.
    """
    every, sources = series(results), list(sources)
    if len(every) <= SINGLE + 1:
        return []
    size = COLUMNS * ROWS
    pages = [every[start : start + size] for start in range(0, len(every), size)]
    first = []
    for number, page in enumerate(pages, start=1):
        rows = -(-len(page) // COLUMNS)
        found = axes(COLUMNS, PANEL_IN * rows + 1, rows=rows)
        for each, one in zip(found, page, strict=False):
            _panel(each, one)
        for each in found[len(page) :]:
            each.set_axis_off()
        title = f"Measured (across) and predicted (up); {page[0].validation.scheme}"
        of_pages = f"; {number} of {len(pages)}" if len(pages) > 1 else ""
        finish(found[0], f"{title}{of_pages}", sources)
        first.append(found[0])
    return first


def _panel(each: Axes, one: Series) -> None:
    name = next(name for name in FIELDS if one.points[name])
    points, (_, unit) = one.points[name], FIELDS[name]
    values = [value for point in points for value in point]
    low, high = min(values) / 1.5, max(values) * 1.5
    covered = one.validation.covered.get(name)
    if covered and covered.ends:
        ends = [median(end[side] for end in covered.ends) for side in (0, 1)]
        upper, lower = ([line / max(end, 1e-9) for line in (low, high)] for end in ends)
        each.fill_between([low, high], lower, upper, color=COLORS[0], alpha=0.15, lw=0)
    each.plot([low, high], [low, high], color="black", lw=0.5)
    few = len(points) <= 200
    each.plot(*zip(*points, strict=True), ".", color=COLORS[0], ms=3 if few else 1, mew=0)
    each.set(xscale="log", yscale="log", xlim=(low, high), ylim=(low, high), aspect="equal")
    each.grid(lw=0.3, color="#cccccc")
    each.tick_params(which="both", length=0, labelbottom=False, labelleft=False)
    each.minorticks_off()
    error = fmean(abs(predicted / measured - 1) for measured, predicted in points)
    names = one.validation.accelerator.partition("/")[::2]
    lines = (plain(part) for name in names for part in textwrap.wrap(name, MOST_TITLE))
    each.set_title("\n".join(lines), fontsize=SMALL, pad=2)
    _write(each, 0.04, 0.96, f"{100 * error:.0f} %")
    span = f"{quantity(low, unit, 3)} to {quantity(high, unit, 3)}"
    _write(each, 0.97, 0.04, span)


def _write(each: Axes, x: float, y: float, text: str) -> None:
    """Write into the nearest corner of a panel."""
    sides = {"ha": "left" if x < 0.5 else "right", "va": "bottom" if y < 0.5 else "top"}
    each.text(x, y, text, sides, transform=each.transAxes, fontsize=SMALL, color=GREY)
