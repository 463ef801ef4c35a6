"""What several commands share: output options, and messages on standard error."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from fodlam_core.errors import FodlamError
from fodlam_core.plugins import SLOW_S, unknown_blocks
from fodlam_core.plugins.registry import Registry, load_registry
from fodlam_core.report.messages import say
from fodlam_core.report.report import FORMATS, Report
from fodlam_core.report.write import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def add_output_arguments(
    parser: argparse.ArgumentParser, *more_formats: str, again: bool = False
) -> None:
    """Add ``--format`` and ``--output``; ``again``: for an action of a command that has them."""
    parser.add_argument(
        "-f",
        "--format",
        choices=(*FORMATS, *more_formats),
        default=argparse.SUPPRESS if again else None,
        help="form of the output (default: by the ending of FILE, else table)",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        default=argparse.SUPPRESS if again else None,
        help="write to FILE, which is replaced only once done",
    )


def add_action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    act: Callable[..., object],
    help: str,
    *,
    output: bool = True,
) -> argparse.ArgumentParser:
    """Add an action of a command, with the options that the command has itself.

    Args:
        actions: those of the command.
        name: what the command line calls it.
        act: what is called, as ``args.act``.
        help: what it does.
        output: whether it has ``--format`` and ``--output``.
    """
    parser = actions.add_parser(name, help=help, description=help)
    if output:
        add_output_arguments(parser, again=True)
    add_plugin_arguments(parser)
    parser.set_defaults(act=act, error=parser.error)
    return parser


WIDTH = 100
RULE = "\N{BOX DRAWINGS LIGHT HORIZONTAL}"
SUFFIXES = {
    "": "table",
    ".txt": "table",
    ".json": "json",
    ".csv": "csv",
    ".tex": "latex",
    ".html": "html",
    **dict.fromkeys((".md", ".markdown"), "markdown"),
}


def chosen_format(args: argparse.Namespace) -> str:
    """Return the asked-for format, by default that of the file's ending.

    Raises:
        FodlamError: if neither tells it.
    """
    ending = os.path.splitext(args.output or "")[1].lower()
    if not args.format and ending not in SUFFIXES:
        known = ", ".join(filter(None, SUFFIXES))
        raise FodlamError(
            f"-o {args.output}: the ending {ending} tells no format; write one of {known}, or say "
            "which with --format"
        )
    chosen: str = args.format or SUFFIXES[ending]
    return chosen


def add_plugin_arguments(parser: argparse.ArgumentParser) -> None:
    """Add ``--plugin`` and ``--no-plugins``, which `registry_for` heeds."""
    parser.add_argument(
        "--plugin",
        action="append",
        default=argparse.SUPPRESS,
        metavar="FILE",
        help="load a plugin from a Python file or the folder of a package, to try it before it is "
        "installed, or in place of the installed copy",
    )
    parser.add_argument(
        "--no-plugins",
        action="store_true",
        default=argparse.SUPPRESS,
        help="leave out the plugins of other distributions; FODLAM_BLOCK_PLUGINS=NAME,NAME "
        "leaves out single ones",
    )


def output_width(args: argparse.Namespace) -> int:
    """Return the columns of the terminal that a table goes to; 100 for everything else."""
    if chosen_format(args) != "table" or args.output is not None:
        return WIDTH
    import shutil

    return shutil.get_terminal_size((WIDTH, 24)).columns


def emit(report: Report, args: argparse.Namespace) -> None:
    """Write a report as the output arguments say."""
    color, width, format = False, output_width(args), chosen_format(args)
    if format == "table" and args.output is None:
        color = sys.stdout is not None and sys.stdout.isatty()
    pieces = report.pieces(format, color=color, width=width)
    if format == "table" and args.output is None:
        pieces = list(map(_in_ascii, pieces))
    write(pieces, args.output)


def _in_ascii(text: str) -> str:
    """Return a text with rules of hyphens where standard output knows no others."""
    try:
        RULE.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return text.replace(RULE, "-")
    return text


def warn(messages: Iterable[str]) -> None:
    """Print warnings on standard error."""
    for message in messages:
        say(message, "warning: ")


def registry_for(args: argparse.Namespace) -> Registry:
    """Load the plugins as the arguments say; print on standard error what is wrong with them."""
    files, no_plugins = getattr(args, "plugin", ()), getattr(args, "no_plugins", False)
    registry = load_registry(files, installed=not no_plugins)
    warn(registry.broken())
    warn(registry.conflicts.values())
    warn(registry.refusals)
    warn(
        f"--plugin {plugin.source} takes the place of {plugin.replaces}"
        for plugin in registry.plugins
        if plugin.replaces
    )
    warn(
        f"{plugin} took {plugin.load_s:.1f} s to load; FODLAM_BLOCK_PLUGINS={plugin.name} "
        "leaves it out"
        for plugin in registry.plugins
        if plugin.load_s > SLOW_S and not plugin.own
    )
    warn(unknown_blocks(registry.plugins))
    return registry
