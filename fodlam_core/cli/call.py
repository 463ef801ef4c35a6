"""Calls the command that a command line names, and tells its errors."""

from __future__ import annotations

import itertools
import os
import sys
from typing import TYPE_CHECKING

from fodlam_core.errors import MOST_QUOTED, FodlamError, in_toml, is_one_line, quoted
from fodlam_core.files import forget_files
from fodlam_core.report.messages import close_quietly, say

if TYPE_CHECKING:
    import argparse

UNEXPECTED = "this is a fault of the program; --debug shows where it comes from"


def call(argv: list[str]) -> int:
    """Run a command line; return the exit status."""
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
        for line in error.lines(getattr(args, "words", in_toml)):
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


def _check_words(argv: list[str]) -> None:
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
