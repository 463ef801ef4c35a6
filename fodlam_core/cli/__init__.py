"""The command line: one module for each command, imported only when it is called.

A new command is a module here and a line in `COMMANDS`; what it computes belongs to `analyses`.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from typing import TYPE_CHECKING

from fodlam_core.errors import FodlamError, in_toml
from fodlam_core.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "run": "estimate latency, energy and power of a network",
    "rank": "sort chips by what a network costs on each",
    "chips": "list chips and operating points; show what is known of one, and its sources",
    "cite": "print the publications that a result rests on, as BibTeX",
    "diagnose": "show the cost per MAC of every measured layer, and the averages",
    "compare": "put one configuration under several rules, accelerators, predictors or batches",
    "diff": "show which input changed which number, from two saved results",
    "reproduce": "regenerate the published tables from the data, and list what disputes them",
    "scalers": "list the rules of technology scaling, or show the factors of one",
    "sweep": "go through a grid of design points",
    "networks": "list the built-in networks; show or convert one, or a network file",
    "validate": "show how far every predictor is off, by cross-validation on the measured layers",
    "plugins": "list what is installed, from where, and what cannot be used and why; check one",
}
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
    args = _parser(argv).parse_args(argv)
    try:
        status: int = args.execute(args)
        return status
    except FodlamError as error:
        if args.debug:
            raise
        for line in error.text(getattr(args, "words", in_toml)).splitlines():
            print(f"error: {line}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader has gone, as in `| head`: nothing is wrong. Standard output is pointed
        # elsewhere so that the interpreter does not complain when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as interrupt:
        if interrupt.args:
            print(interrupt, file=sys.stderr)
        return 130


def _parser(argv: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fodlam-core",
        description="What would this network cost on real silicon? Latency, energy and power per "
        "layer, from published numbers of real chips.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"fodlam-core {__version__}")
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
