"""The points of a sweep: lines over an axis, and latency against energy with the Pareto front."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from fodlam_core.figures.canvas import (
    COLORS,
    GREY,
    MARKS,
    axes,
    finish,
    label,
    logarithmic,
    plain,
)
from fodlam_core.model.quantities import METRICS
from fodlam_core.report.units import counted, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    Row = Mapping[str, Any]
    Groups = dict[object, list[Row]]

MOST_POINTS = 200_000
MOST_GROUPS = len(COLORS)
MOST_NAMES = 8
MOST_TICKS = 12
LEAST_GAP = 0.04  # of the axis, between two ticks
FIELDS = {each.key: each.unit for each in METRICS}
UNITS = {"node_nm": "nm", "vdd": "V"}


def lines(
    rows: Sequence[Row], swept: Sequence[str], title: str = "", sources: Iterable[str] = ()
) -> list[Axes]:
    """Draw latency and energy over the axis of numbers that has the most values.

    A line for each value of the axis that has few of them. Where further axes leave several points
    at one place, the line is the least of them, and a band reaches to the greatest.

    Args:
        rows: the points, with ``latency_s``, ``energy_j`` and the axes; those without a cost are
            left out.
        swept: names of the axes.
        title: what is written above.
        sources: where the numbers come from, in small type.

    Returns:
        The axes of latency and of energy; none if no axis has more than one number.
    """
    known = _known(rows)
    over = _numbers(known, swept)
    if over is None:
        return []
    key, groups = _grouped(known, [name for name in swept if name != over])
    found = axes(2)
    bands = False
    for each, (field, unit) in zip(found, FIELDS.items(), strict=True):
        for place, group in enumerate(groups.values()):
            bands |= _line(each, over, field, group, place)
        each.set_yscale("log" if _span(known, field) > 5 else "linear")
        if each.get_yscale() == "linear":
            each.set_ylim(bottom=0)
        _place(each, over, sorted({row[over] for row in known}))
        label(each, unit, vertical=True)
        each.grid(lw=0.3, color="#cccccc")
    marks = _marks(key, groups, ls="-")
    if bands:
        marks.append(Patch(color=GREY, alpha=0.3, label="least (line) to greatest of the others"))
    finish(found[0], f"{title}, over {_name(over)}", sources, marks)
    return found


def pareto(
    rows: Sequence[Row], swept: Sequence[str], title: str = "", sources: Iterable[str] = ()
) -> Axes:
    """Draw latency against energy of every point, and the front that no point beats.

    Args: as `lines`.
    """
    known = _known(rows)
    key, groups = _grouped(known, swept)
    [each] = axes(height_in=4.2)
    many = len(known) > 2000
    for place, group in enumerate(groups.values()):
        x, y = ([row[field] for row in group] for field in FIELDS)
        dots = each.plot(x, y, MARKS[place], color=_color(key, place), mew=0, rasterized=many)
        dots[0].set(markersize=1.5 if many else 4, alpha=0.5 if many else 0.8)
    front = front_of(known)
    x, y = ([row[field] for row in front] for field in FIELDS)
    each.step(x, y, where="post", color="black", lw=0.9)
    each.plot(x, y, "o", mfc="none", color="black", ms=6, mew=0.8)
    for row in front if len(front) <= MOST_NAMES else ():
        text = ", ".join(_said(name, row[name]) for name in swept)
        at = (row["latency_s"], row["energy_j"])
        # Below the front there are no points.
        each.annotate(plain(text), at, (5, -9), textcoords="offset points", fontsize=6)
    for scale, field in ((each.set_xscale, "latency_s"), (each.set_yscale, "energy_j")):
        scale("log" if _span(known, field) > 5 else "linear")
    label(each, "s")
    label(each, "J", vertical=True)
    each.grid(lw=0.3, color="#cccccc")
    name = f"front, {counted(len(front), 'point')}"
    ring = Line2D([], [], marker="o", mfc="none", color="black", label=name)
    finish(each, f"{title}, {counted(len(known), 'point')}", sources, [*_marks(key, groups), ring])
    return each


def front_of(rows: Iterable[Row]) -> list[Row]:
    """Return the points that no other beats in both latency and energy, the fastest first.

    >>> points = [(1, 3), (2, 2), (2, 3), (3, 2)]
    >>> front_of({"latency_s": s, "energy_j": j} for s, j in points)
    [{'latency_s': 1, 'energy_j': 3}, {'latency_s': 2, 'energy_j': 2}]
    """
    front: list[Row] = []
    for row in sorted(rows, key=lambda row: (row["latency_s"], row["energy_j"])):
        if not front or row["energy_j"] < front[-1]["energy_j"]:
            front.append(row)
    return front


def _known(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if None not in (row["latency_s"], row["energy_j"])]


def _numbers(rows: Sequence[Row], swept: Sequence[str]) -> str | None:
    """Return the axis of numbers with the most values; None if there is none."""
    counts = {
        name: len({row[name] for row in rows})
        for name in swept
        if rows and all(type(row[name]) in (int, float) for row in rows)
    }
    best = max(counts, key=lambda name: counts[name], default=None)
    return best if best is not None and counts[best] > 1 else None


def _grouped(rows: Sequence[Row], swept: Sequence[str]) -> tuple[str | None, Groups]:
    """Return the axis that has the most values of those with few, and the points of each value."""
    values = {name: list(dict.fromkeys(row[name] for row in rows)) for name in swept}
    few = {name: each for name, each in values.items() if 2 <= len(each) <= MOST_GROUPS}
    texts = {name: each for name, each in few.items() if isinstance(each[0], str)} or few
    if not texts:
        return None, {"": list(rows)}
    key = max(texts, key=lambda name: len(texts[name]))
    groups: Groups = {value: [] for value in texts[key]}
    for row in rows:
        groups[row[key]].append(row)
    return key, groups


def _line(each: Axes, over: str, field: str, group: Sequence[Row], place: int) -> bool:
    """Draw a line, and a band where there are several points; tell whether there are."""
    found: dict[float, list[float]] = {}
    for row in group:
        found.setdefault(row[over], []).append(row[field])
    x = sorted(found)
    least, most = [min(found[value]) for value in x], [max(found[value]) for value in x]
    mark = MARKS[place] if len(x) <= 30 else None
    each.plot(x, least, marker=mark, color=COLORS[place], lw=1.3, ms=4)
    if least != most:
        each.fill_between(x, least, most, color=COLORS[place], alpha=0.15, lw=0)
    return least != most


def _place(each: Axes, over: str, values: Sequence[float]) -> None:
    """Give the axis below its name; few values are its ticks, and far apart it is logarithmic."""
    log = logarithmic(each, values) and values[0] > 0
    if len(values) <= MOST_TICKS and _apart([math.log(x) for x in values] if log else values):
        each.set_xticks(values, [_value(value) for value in values])
        each.set_xticks([], minor=True)
    each.set_xlabel(_name(over))


def _apart(values: Sequence[float]) -> bool:
    """Tell whether the ticks of values do not touch.

    >>> _apart([28, 45, 65]), _apart([28, 28.1, 65])
    (True, False)
    """
    least = min(high - low for low, high in itertools.pairwise(values))
    return least > LEAST_GAP * (values[-1] - values[0])


def _marks(key: str | None, groups: Groups, ls: str = "") -> list[Artist]:
    if key is None:
        return []
    return [
        Line2D([], [], marker=MARKS[n], color=COLORS[n], ls=ls, label=plain(_value(value)))
        for n, value in enumerate(groups)
    ]


def _color(key: str | None, place: int) -> str:
    return GREY if key is None else COLORS[place]


def _span(rows: Sequence[Row], field: str) -> float:
    values = [row[field] for row in rows if row[field] > 0]
    return max(values) / min(values) if values else 1.0


def _name(axis: str) -> str:
    """Return an axis with its unit.

    >>> _name("technology.node_nm"), _name("network.batch"), _name("accelerator.eie.technology.vdd")
    ('node (nm)', 'batch', 'accelerator.eie.technology.vdd (V)')
    """
    last = axis.rpartition(".")[2]
    unit = UNITS.get(last)
    short = last if axis.count(".") == 1 else axis
    return plain(f"{short.removesuffix('_nm')} ({unit})" if unit else short)


def _said(axis: str, value: object) -> str:
    """Return a value of an axis as it stands alone: a number with its unit, or with its name.

    >>> _said("technology.node_nm", 28), _said("network.batch", 4), _said("a.scaler", "dennard")
    ('28 nm', 'batch 4', 'dennard')
    """
    last = axis.rpartition(".")[2]
    if isinstance(value, str):
        return value
    return f"{_value(value)} {UNITS[last]}" if last in UNITS else f"{last} {_value(value)}"


def _value(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)
