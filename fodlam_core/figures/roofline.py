"""The roofline of a chip with the layers that run on it.

S. Williams, A. Waterman and D. Patterson, "Roofline: An Insightful Visual Performance Model for
Multicore Architectures", CACM 52(4), 2009, doi:10.1145/1498765.1498785.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.figures.canvas import COLORS, axes, finish, label, short
from fodlam_core.model.transformer import layer_group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from fodlam_core.accelerators import Accelerator
    from fodlam_core.estimates import Estimate

MOST_NAMES = 8
FEW = 3  # names at one point that are all written


class _Point(NamedTuple):
    name: str
    macs_per_byte: float
    macs_per_s: float
    predicted: bool


def element_bytes(chip: Accelerator) -> float | None:
    """Return the bytes of a weight: as stated, or as the precision says; None if neither does."""
    bits = re.search(r"\d+", chip.precision)
    stated = chip.weight_bits or (float(bits[0]) if bits else None)
    return stated / 8 if stated else None


def has_roofline(chip: Accelerator) -> bool:
    """Tell whether peak, bandwidth and the bytes of a weight are known."""
    return None not in (
        chip.peak_macs_per_s,
        chip.memory_bandwidth_bytes_per_s,
        element_bytes(chip),
    )


def rooflines(estimate: Estimate) -> list[Axes]:
    """Draw the roofline of each chip whose peak and bandwidth are known, before scaling.

    The bytes of a layer are its weights once, and its inputs and outputs for each inference, at the
    width of a weight: what caches keep moves points to the left of where they are.

    Returns:
        The axes of each chip, in a figure of its own; none if nothing is known of any.
    """
    found = []
    for name, platform in estimate.platforms.items():
        points = list(_points(estimate, name))
        if has_roofline(platform.accelerator) and points:
            found.append(_roofline(estimate, platform.accelerator, points))
    return found


def _points(estimate: Estimate, name: str) -> Iterator[_Point]:
    width = element_bytes(estimate.platforms[name].accelerator)
    for each in estimate.layers:
        traffic, basis = each.layer.traffic, each.basis
        if traffic is None or basis is None or basis.accelerator != name or not width:
            continue
        latency_s = each.native.latency_s if each.native else None
        if not latency_s or not each.layer.macs or estimate.batch == "published":
            continue
        inferences = int(estimate.batch)
        runs = each.layer.repeat
        moved = width * runs * (traffic.weights + inferences * (traffic.inputs + traffic.outputs))
        macs = each.layer.macs * each.runs
        title = each.layer.name
        if estimate.network.transformer:
            title = layer_group(title).replace("/blocks/", "/")
        yield _Point(
            name=title,
            macs_per_byte=macs / moved,
            macs_per_s=macs / latency_s,
            predicted=each.method == "predicted",
        )


def _roofline(estimate: Estimate, chip: Accelerator, points: list[_Point]) -> Axes:
    peak, bandwidth = chip.peak_macs_per_s or 0.0, chip.memory_bandwidth_bytes_per_s or 0.0
    [each] = axes(height_in=4.2)
    ridge = peak / bandwidth
    least = min(ridge, *(point.macs_per_byte for point in points)) / 2
    most = max(ridge, *(point.macs_per_byte for point in points)) * 2
    each.plot([least, ridge, most], [least * bandwidth, peak, peak], color="black", lw=1.2)
    marks = []
    for predicted, mark, color in ((False, "o", COLORS[0]), (True, "s", COLORS[1])):
        chosen = [point for point in points if point.predicted is predicted]
        if chosen:
            x, y = zip(*((point.macs_per_byte, point.macs_per_s) for point in chosen), strict=True)
            name = "predicted" if predicted else "published"
            marks += each.plot(x, y, mark, color=color, markersize=5, alpha=0.8, label=name)
    names: dict[tuple[float, float], list[str]] = {}
    for point in dict.fromkeys(points):
        names.setdefault((point.macs_per_byte, point.macs_per_s), []).append(point.name)
    if len(names) <= MOST_NAMES:
        for place, found in names.items():
            text = ", ".join(map(short, found[:FEW]))
            if found[FEW:]:
                text = f"{short(found[0])} and {len(found) - 1} more"
            right = place[0] > (least * most) ** 0.5  # there the text goes to the left
            shift, side = ((-4, 4), "right") if right else ((4, -6), "left")
            each.annotate(text, place, shift, textcoords="offset points", fontsize=6, ha=side)
    each.set_xscale("log")
    each.set_yscale("log")
    label(each, "MAC/byte", "intensity")
    label(each, "MAC/s", "rate", vertical=True)
    each.grid(lw=0.3, color="#cccccc")
    title = f"{estimate.network.name} on {chip.name}, as published"
    finish(each, title, [f"{chip.title}: {chip.citation}"], marks)
    return each
