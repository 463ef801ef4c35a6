"""The parser of the command line: it has the arguments of the one command that is called."""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import Any, NoReturn

from fodlam_core.cli import COMMANDS
from fodlam_core.report.escapes import message_line
from fodlam_core.version import __version__

EPILOG = "exit status: 0 done, 1 the request cannot be met, 2 wrong usage"


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


def parser(argv: list[str]) -> argparse.ArgumentParser:
    """Return the parser of a command line, with the arguments of the command that it calls."""
    whole = _Parser(
        prog="fodlam-core",
        description="What would this network cost on real silicon? Latency, energy and power per "
        "layer, from published numbers of real chips.",
        epilog=EPILOG,
    )
    whole.add_argument("--version", action=_Version)
    whole.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = whole.add_subparsers(metavar="COMMAND", required=True, prog=whole.prog)
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
    return whole
