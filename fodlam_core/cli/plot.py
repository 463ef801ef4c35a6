"""``--plot FILE``: the figure of a result, in a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fodlam_core.files import read_bytes
from fodlam_core.report.messages import say
from fodlam_core.report.write import write_bytes

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Sequence

    from matplotlib.axes import Axes

    from fodlam_core.config import Config
    from fodlam_core.estimates import Estimate
    from fodlam_core.model.costs import Citation
    from fodlam_core.report.page import Extras


def add_plot_argument(parser: argparse.ArgumentParser) -> None:
    """Add ``--plot``."""
    parser.add_argument(
        "--plot",
        metavar="FILE",
        help="draw a figure, *.png, *.svg, *.pdf or *.pgf (extra plot); of several, each in a file "
        "of its own, numbered from 2",
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


def extras(
    args: argparse.Namespace,
    figures: Callable[[], list[Axes]],
    estimates: Iterable[Estimate],
    configs: Iterable[Config],
) -> Extras:
    """Return what a page has besides its tables: pictures, publications, configurations."""
    citations = [
        platform.accelerator.citation for each in estimates for platform in each.platforms.values()
    ]
    return page_extras(args, figures, citations, [_text(each.source) for each in configs])


def page_extras(
    args: argparse.Namespace,
    figures: Callable[[], list[Axes]],
    citations: Sequence[Citation],
    configs: Iterable[str] = (),
) -> Extras:
    """Return what a page has besides its tables.

    Args:
        args: the arguments of the command.
        figures: returns axes of each figure.
        citations: the publications that the numbers rest on.
        configs: texts of configurations.
    """
    import shlex

    from fodlam_core.figures.canvas import drawn
    from fodlam_core.report.page import Extras

    command = shlex.join(["fodlam-core", *args.words_given])
    config = "\n".join([f"$ {command}", *configs])
    return Extras([drawn(each, "svg") for each in figures()], citations, config)


def _text(source: str) -> str:
    if not source.endswith((".toml", ".json")) or not os.path.isfile(source):
        return f"# {source}"
    return f"# {source}\n{read_bytes(source).decode('utf-8-sig', 'replace')}"
