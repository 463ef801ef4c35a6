"""What every picture has: a figure, colours, units on the axes, sources in small type, a file."""

from __future__ import annotations

import io
import math
import os
import textwrap
from typing import TYPE_CHECKING, Any

from fodlam_core.errors import FodlamError
from fodlam_core.report.units import PREFIXES

try:
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter
except ImportError as error:
    raise FodlamError("a figure needs matplotlib; run: pip install 'fodlam-core[plot]'") from error

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

ENDINGS = ("png", "svg", "pdf")
# M. Okabe and K. Ito, "Color Universal Design", 2008: told apart whatever one's colour vision.
COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
GREY = "#666666"
NAMES = {"s": "latency", "J": "energy", "W": "power"}
# One column of a page of two is 3.5 inches wide, both are 7.2.
WIDTH_IN = 7.2
WIDE_SPAN = 30  # an axis whose values differ by more than this is logarithmic
STYLE: Any = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 9,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "fodlam",
}


def axes(columns: int = 1, height_in: float = 3.6, *, share_y: bool = False) -> list[Axes]:
    """Return the axes of a new figure, side by side."""
    with rc_context(STYLE):
        figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
        return list(figure.subplots(1, columns, squeeze=False, sharey=share_y)[0])


def label(each: Axes, unit: str, what: str = "", *, vertical: bool = False) -> None:
    """Name an axis with its unit, and write its numbers in the multiple of the unit that fits."""
    axis = each.yaxis if vertical else each.xaxis
    most = max(map(abs, axis.get_view_interval()))
    exponent = 3 * math.floor(math.log10(most) / 3) if most else 0
    exponent = min(12, max(-15, exponent))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 10.0**exponent:.4g}"))
    axis.set_label_text(
        f"{what or NAMES[unit]} ({PREFIXES[exponent]}{unit})".replace("(u", "(\N{MICRO SIGN}")
    )


def logarithmic(each: Axes, values: Iterable[float]) -> bool:
    """Make the axis of values logarithmic if they span more than `WIDE_SPAN`; tell whether."""
    positive = [value for value in values if value > 0]
    wide = bool(positive) and max(positive) > WIDE_SPAN * min(positive)
    if wide:
        each.set_xscale("log")
    return wide


def finish(first: Axes, title: str, sources: Iterable[str]) -> None:
    """Write the title above, and below in small type where the data come from."""
    figure = first.figure
    figure.suptitle(plain(title), fontsize=10, fontweight="bold", x=0.01, ha="left")
    lines = [textwrap.fill(plain(text), 180) for text in dict.fromkeys(sources)]
    if lines:
        figure.supxlabel("\n".join(lines), fontsize=5.5, color=GREY, x=0.01, ha="left")


def plain(text: str) -> str:
    """Return text in which no dollar sign begins a formula."""
    return text.replace("$", "\\$")


def ending_of(path: str) -> str:
    """Return the format that the ending of a file tells.

    Raises:
        FodlamError: if it tells none of `ENDINGS`.
    """
    ending = os.path.splitext(path)[1].lower().removeprefix(".")
    if ending not in ENDINGS:
        known = ", ".join(f".{each}" for each in ENDINGS)
        raise FodlamError(f"--plot {path}: write the name of a file that ends in one of {known}")
    return ending


def drawn(first: Axes, format: str) -> bytes:
    """Return the picture that axes belong to as a file; the same picture gives the same bytes."""
    file = io.BytesIO()
    metadata = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    with rc_context(STYLE):
        picture = first.get_figure(root=True)
        assert picture is not None  # axes of `axes` always have one
        picture.savefig(file, format=format, dpi=200, metadata=metadata[format])
    return file.getvalue()
