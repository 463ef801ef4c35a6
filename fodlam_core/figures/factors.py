"""The factors of a scaling rule over process nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from fodlam_core.errors import listed
from fodlam_core.figures.canvas import COLORS, MARKS, axes, finish

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from fodlam_core.model.technology import ScalingFactors

QUANTITIES = ("time", "energy", "power", "area")


def factors(
    rule: str, from_nm: float, over: Mapping[float, ScalingFactors], sources: Sequence[str] = ()
) -> Axes:
    """Draw what a rule multiplies time, energy, power and area with.

    Args:
        rule: the name of the rule.
        from_nm: the node that costs come from, in nm.
        over: factors by target node, in nm.
        sources: publications, shown in small type.
    """
    [each] = axes()
    nodes = sorted(over, reverse=True)
    lines: dict[tuple[tuple[float, float], ...], list[str]] = {}
    for quantity in QUANTITIES:
        known = [(node, getattr(over[node], quantity)) for node in nodes]
        points = tuple((node, value) for node, value in known if value is not None)
        lines.setdefault(points, []).append(quantity)  # equal ones would hide each other
    drawn = [points for points in lines if points]
    for points, color, mark in zip(drawn, COLORS, MARKS, strict=False):
        x, y = zip(*points, strict=True)
        name = listed(lines[points])
        each.plot(x, y, marker=mark, color=color, label=name, lw=1.3, markersize=4)
    each.set_xscale("log")
    each.set_yscale("log")
    each.set_xticks(nodes, [f"{node:g}" for node in nodes])
    each.xaxis.set_minor_locator(NullLocator())
    each.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    each.yaxis.set_minor_formatter(NullFormatter())
    each.invert_xaxis()
    each.axhline(1, color="black", lw=0.5)
    each.set_xlabel("process node (nm)")
    each.set_ylabel(f"factor (1 at {from_nm:g} nm)")
    each.grid(lw=0.3, color="#cccccc")
    finish(each, f"{rule}, from {from_nm:g} nm", sources, each.lines[: len(drawn)])
    return each
