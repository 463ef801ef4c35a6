"""What every picture has: a figure, colours, units on the axes, sources in small type, a file."""

from __future__ import annotations

import io
import math
import os
import shutil
import textwrap
from typing import TYPE_CHECKING, Any

from fodlam_core.errors import FodlamError
from fodlam_core.model.quantities import COSTS
from fodlam_core.report.units import PREFIXES

try:
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine
    from matplotlib.ticker import FuncFormatter, LogFormatter
except ImportError as error:
    raise FodlamError("a figure needs matplotlib; run: pip install 'fodlam-core[plot]'") from error

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

ENDINGS = ("png", "svg", "pdf", "pgf")
TEX = ("xelatex", "pdflatex", "lualatex")  # one of them measures the words of a picture in PGF
# M. Okabe and K. Ito, "Color Universal Design", 2008: told apart whatever one's colour vision.
COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
MARKS = ("o", "s", "^", "D", "v", "P", "X")  # told apart in print without colours
GREY = "#666666"
NAMES = {each.unit: each.name for each in COSTS}
# One column of a page of two is 3.5 inches wide, both are 7.2.
WIDTH_IN = 7.2
MOST_NAME = 46
MOST_SOURCES = 8
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


def axes(
    columns: int = 1, height_in: float = 3.6, *, rows: int = 1, share_y: bool = False
) -> list[Axes]:
    """Return the axes of a new figure, side by side, row by row."""
    with rc_context(STYLE):
        # The last number of one axis must not touch the first of the next.
        layout = ConstrainedLayoutEngine(w_pad=0.1)
        figure = Figure(figsize=(WIDTH_IN, height_in), layout=layout)
        return list(figure.subplots(rows, columns, squeeze=False, sharey=share_y).flat)


def label(each: Axes, unit: str, what: str = "", *, vertical: bool = False) -> None:
    """Name an axis with its unit, and write its numbers in the multiple of the unit that fits."""
    axis = each.yaxis if vertical else each.xaxis
    low, high = map(abs, axis.get_view_interval())
    typical = math.sqrt(low * high) if axis.get_scale() == "log" else max(low, high)
    exponent = 3 * math.floor(math.log10(typical) / 3) if typical else 0
    exponent = min(12, max(-15, exponent))
    if axis.get_scale() == "log":
        axis.set_major_formatter(_Multiple(exponent))
        axis.set_minor_formatter(_Multiple(exponent))
    else:
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 10.0**exponent:.4g}"))
    axis.set_label_text(
        f"{what or NAMES[unit]} ({PREFIXES[exponent]}{unit})".replace("(u", "(\N{MICRO SIGN}")
    )


class _Multiple(LogFormatter):
    """Writes the numbers of a logarithmic axis; those between decades where few decades show."""

    def __init__(self, exponent: int) -> None:
        super().__init__()
        self._exponent = exponent

    def __call__(self, value: float, pos: int | None = None) -> str:
        return f"{value / 10.0**self._exponent:g}" if super().__call__(value, pos) else ""


def logarithmic(each: Axes, values: Iterable[float]) -> bool:
    """Make the axis of values logarithmic if they span more than `WIDE_SPAN`; tell whether."""
    positive = [value for value in values if value > 0]
    wide = bool(positive) and max(positive) > WIDE_SPAN * min(positive)
    if wide:
        each.set_xscale("log")
        each.xaxis.set_major_formatter(_Multiple(0))
        each.xaxis.set_minor_formatter(_Multiple(0))
    return wide


def finish(
    first: Axes, title: str, sources: Iterable[str], marks: Sequence[Artist] | None = None
) -> None:
    """Write the title above, with what colours mean, and in small type below the sources."""
    figure = first.figure
    longest = max((len(str(each.get_label())) for each in marks or ()), default=0)
    figure.legend(
        handles=marks or [],
        title="\n".join(textwrap.wrap(plain(title), 84, max_lines=3)),
        title_fontproperties={"weight": "bold", "size": 10},
        loc="outside upper left",
        alignment="left",
        ncols=max(1, min(4, 150 // (longest + 8))),
        fontsize=7,
        borderpad=0,
        frameon=False,
    )
    lines = [textwrap.fill(plain(text), 180) for text in dict.fromkeys(sources)]
    if len(lines) > MOST_SOURCES:
        lines = [*lines[: MOST_SOURCES - 1], f"and {len(lines) - MOST_SOURCES + 1} more sources"]
    if lines:
        figure.supxlabel("\n".join(lines), fontsize=5.5, color=GREY, x=0.01, ha="left")


def short(name: str) -> str:
    """Return a name that leaves room for what it names: its middle is left out if it is long.

    >>> short("features.denseblock4.denselayer16.conv2.convolution")
    'features.denseblock...ayer16.conv2.convolution'
    """
    if len(name) > MOST_NAME:
        name = f"{name[:19]}...{name[-(MOST_NAME - 22) :]}"
    return plain(name)


def plain(text: str) -> str:
    """Return text in which no dollar sign begins a formula."""
    return text.replace("$", "\\$")


def ending_of(path: str) -> str:
    """Return the format that the ending of a file tells.

    Raises:
        FodlamError: if it tells none of `ENDINGS`, or if a program that it needs is missing.
    """
    ending = os.path.splitext(path)[1].lower().removeprefix(".")
    if ending not in ENDINGS:
        known = ", ".join(f".{each}" for each in ENDINGS)
        raise FodlamError(f"--plot {path}: write the name of a file that ends in one of {known}")
    if ending == "pgf" and _tex() is None:
        raise FodlamError(
            f"--plot {path}: PGF needs {', '.join(TEX[:-1])} or {TEX[-1]}, and none is found; "
            "install one, or write a .pdf, which LaTeX includes as well"
        )
    return ending


def _tex() -> str | None:
    return next(filter(shutil.which, TEX), None)


def drawn(first: Axes, format: str) -> bytes:
    """Return the picture that axes belong to as a file; the same picture gives the same bytes.

    Raises:
        FodlamError: if LaTeX cannot set its words, for a picture in PGF.
    """
    file = io.BytesIO()
    picture = first.get_figure(root=True)
    assert picture is not None  # axes of `axes` always have one
    with rc_context(STYLE):
        if format == "pgf":
            from fodlam_core.figures.pgf import save

            save(picture, file, _tex() or TEX[0])
        else:
            metadata = {"png": "Software", "svg": "Date", "pdf": "CreationDate"}
            picture.savefig(file, format=format, dpi=200, metadata={metadata[format]: None})
    return file.getvalue()
