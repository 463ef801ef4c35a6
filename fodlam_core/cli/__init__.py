"""The command line: one module for each command, imported only when it is called.

A new command is a module here and a line in `COMMANDS`; what it computes belongs to `analyses`.
"""

from __future__ import annotations

import gc
import itertools
import os
import sys
from typing import TYPE_CHECKING

from fodlam_core.errors import MOST_QUOTED, FodlamError, in_toml, is_one_line, quoted
from fodlam_core.files import forget_files
from fodlam_core.report.messages import close_quietly, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

COMMANDS = {
    "run": "estimate latency, energy and power of a network",
    "rank": "sort chips by what a network costs on each",
    "chips": "list chips and operating points; show what is known of one, and its sources",
    "cite": "print the publications that a result rests on, as BibTeX",
    "diagnose": "show the cost per MAC of every measured layer, and the averages",
    "compare": "compare one configuration under several rules, accelerators, predictors or batches",
    "diff": "show which input changed which number, from two saved results",
    "check": "compute saved results again, and show what changed and why",
    "reproduce": "print the published tables from the data, and list cells that fail a check",
    "scalers": "list the rules of technology scaling, or show the factors of one",
    "measure": "measure layers on this machine, and write the data file of a chip",
    "sweep": "estimate every point of a grid",
    "networks": "list the built-in networks; show or convert one, or a network file",
    "validate": "show how far every predictor is off, by cross-validation on the measured layers",
    "completion": "print what makes a shell complete commands, options and names",
    "schema": "print the JSON Schema of what a command prints with --format json",
    "plugins": "list what is installed, from where, and what cannot be used and why; check one",
}
UNEXPECTED = "this is a fault of the program; --debug shows where it comes from"


def program() -> int:
    """Run the command line as a program of its own; return the exit status."""
    # Most of a run is making classes, of which nothing becomes garbage: searching for it all the
    # while takes a tenth of the time. What runs for long still gets rid of its garbage.
    gc.set_threshold(100_000)
    try:
        return main()
    finally:
        gc.freeze()  # what is left goes with the process, unsearched


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    argv = sys.argv[1:] if argv is None else list(argv)
    forget_files()
    args: argparse.Namespace | None = None
    try:
        _check_words(argv)
        args = _parsed(argv)
        args.words_given = argv
        status: int = args.execute(args)
        return status
    except FodlamError as error:
        if "--debug" in argv:
            raise
        for line in error.text(getattr(args, "words", in_toml)).splitlines():
            say(line, "error: ")
        return 1
    except BrokenPipeError:
        # The reader has gone, as in `| head`: nothing is wrong. Standard output is pointed
        # elsewhere so that the interpreter does not complain when it closes it.
        close_quietly(sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as interrupt:
        if interrupt.args:
            say(str(interrupt))
        return 130
    except (SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # also what does not come from Exception: a panic of polars
        if "--debug" in argv:
            raise
        say(f"{_in_one_line(error)}; {UNEXPECTED}", "error: ")
        return 1


def _check_words(argv: Sequence[str]) -> None:
    """Refuse a name with a line break: what messages and tables say of it would be forged.

    The value of ``--set KEY=VALUE`` may have several lines.
    """
    pairs = itertools.pairwise(["", *argv])
    names = [word for before, word in pairs if "--set" not in (before, word.partition("=")[0])]
    broken = [word for word in names if not is_one_line(word)]
    if broken:
        raise FodlamError(*(f"{quoted(word)} has a line break in its name" for word in broken))


def _parsed(argv: list[str]) -> argparse.Namespace:
    from fodlam_core.cli.parser import parser

    if "_ARGCOMPLETE" in os.environ:  # a shell asks how to go on
        from fodlam_core.cli.completion import complete

        complete(parser)
    return parser(argv).parse_args(argv)


def _in_one_line(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:MOST_QUOTED]}"
