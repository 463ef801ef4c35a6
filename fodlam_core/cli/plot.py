"""``--plot FILE``: the figure of a result, in a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fodlam_core.report.messages import say
from fodlam_core.report.write import write_bytes

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from matplotlib.axes import Axes


def add_plot_argument(parser: argparse.ArgumentParser) -> None:
    """Add ``--plot``."""
    parser.add_argument(
        "--plot",
        metavar="FILE",
        help="draw a figure, *.png, *.svg or *.pdf (extra plot); of several, each in a file of "
        "its own, numbered from 2",
    )


def check_plot(args: argparse.Namespace) -> None:
    """Refuse an ending that is not known, and a missing matplotlib, before anything is done."""
    if args.plot is not None:
        from fodlam_core.figures.canvas import ending_of

        ending_of(args.plot)


def plot(args: argparse.Namespace, figures: Callable[[], list[Axes]]) -> None:
    """Draw what the arguments ask for.

    Args:
        args: the arguments, with ``plot``.
        figures: returns axes of each figure.
    """
    if args.plot is None:
        return
    from fodlam_core.figures.canvas import drawn, ending_of

    stem, ending = os.path.splitext(args.plot)
    for number, each in enumerate(figures(), start=1):
        path = args.plot if number == 1 else f"{stem}-{number}{ending}"
        write_bytes(drawn(each, ending_of(args.plot)), path)
        if number > 1:
            say(f"figure {number}: {path}")
