"""The command line: one module for each command, imported only when it is called.

A new command is a module here and a line in `COMMANDS`; what it computes belongs to `analyses`.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import itertools
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from fodlam_core.errors import MOST_QUOTED, FodlamError, in_toml, is_one_line, quoted
from fodlam_core.files import forget_files
from fodlam_core.report.escapes import message_line
from fodlam_core.report.messages import close_quietly, say
from fodlam_core.version import __version__

if TYPE_CHECKING:
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
EPILOG = "exit status: 0 done, 1 the request cannot be met, 2 wrong usage"


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
    if "_ARGCOMPLETE" in os.environ:  # a shell asks how to go on
        from fodlam_core.cli.completion import complete

        complete(_parser)
    return _parser(argv).parse_args(argv)


def _in_one_line(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:MOST_QUOTED]}"


class _Version(argparse.Action):
    """Print the version, which of a checkout has the git revision; nothing else asks for that."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given, nargs=0, help="show the version and exit")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from fodlam_core.plugins.revision import with_revisions

        [version] = with_revisions({"fodlam-core": __version__}).values()
        parser._print_message(f"fodlam-core {version}\n", sys.stdout)
        parser.exit()


class _Parser(argparse.ArgumentParser):
    """A parser whose messages hold no control characters, and which needs no standard error."""

    def error(self, message: str) -> NoReturn:
        if sys.stderr is None:  # argparse would print its usage on standard output then
            self.exit(2)
        super().error(message_line(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        if (file or sys.stderr) is not None:
            super()._print_message(message, file)


def _parser(argv: list[str]) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="fodlam-core",
        description="What would this network cost on real silicon? Latency, energy and power per "
        "layer, from published numbers of real chips.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action=_Version)
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, prog=parser.prog)
    called = argv[0] if argv and argv[0] in COMMANDS else None
    for name, help in COMMANDS.items():
        if called not in (None, name):
            continue  # the other commands matter only to the general help
        command = commands.add_parser(name, help=help, description=help, epilog=EPILOG)
        command.add_argument(
            "--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS
        )
        if name == called or name in argv:
            from fodlam_core.cli.common import add_plugin_arguments

            module = importlib.import_module(f"fodlam_core.cli.{name}")
            module.add_arguments(command)
            add_plugin_arguments(command)
            command.set_defaults(execute=module.execute)
    return parser
