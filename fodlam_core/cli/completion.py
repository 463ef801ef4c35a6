"""``fodlam-core completion``: what makes a shell complete commands, options and names.

The work is argcomplete's: the shell runs the program with ``_ARGCOMPLETE`` set, and `complete`
answers. Nothing of it is imported by any other run.
"""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any

from fodlam_core.libraries import need
from fodlam_core.report.write import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Completer = Callable[..., Iterable[str]]

SHELLS = ("bash", "zsh", "fish")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("shell", choices=SHELLS, help="the shell")


def execute(args: argparse.Namespace) -> int:
    """Print what the shell has to read once.

    Raises:
        FodlamError: if argcomplete is not installed.
    """
    write(_argcomplete().shellcode(["fodlam-core"], shell=args.shell) + "\n", None)
    return 0


def complete(make_parser: Callable[[list[str]], argparse.ArgumentParser]) -> None:
    """Tell the shell what the words before the cursor can be completed to, and exit.

    Args:
        make_parser: returns the parser of a command line of such words.
    """
    line = os.environ.get("COMP_LINE", "")[: int(os.environ.get("COMP_POINT", "0"))]
    words = line.split()
    if not line.endswith(" "):
        words = words[:-1]  # the last one is not whole
    parser = make_parser(words[1:])
    _add_completers(parser)
    _argcomplete().autocomplete(parser)


def _argcomplete() -> Any:
    return need("argcomplete", "completion", "completion")


def _add_completers(parser: argparse.ArgumentParser) -> None:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in dict.fromkeys(action.choices.values()):
                _add_completers(each)
        elif action.choices is None and action.dest in COMPLETERS:
            vars(action)["completer"] = COMPLETERS[action.dest]


def _networks(prefix: str, **_: object) -> list[str]:
    from argcomplete.completers import FilesCompleter

    from fodlam_core.networks.zoo import zoo_names

    return [*zoo_names(), *FilesCompleter()(prefix)]


def _chips(prefix: str, **_: object) -> list[str]:
    from fodlam_core.analyses.known_chips import chosen_chips
    from fodlam_core.plugins.registry import default_registry

    return _listed(prefix, chosen_chips(default_registry(), points="/" in prefix), ",=")


def _rules(prefix: str, **_: object) -> list[str]:
    from fodlam_core.plugins.registry import default_registry

    return _listed(prefix, default_registry().names("rule"), ",")


def _predictors(prefix: str, **_: object) -> list[str]:
    from fodlam_core.plugins.registry import default_registry

    chips = default_registry().accelerators
    names = sorted({each.name for chip in chips for each in chip.predictors})
    return _listed(prefix, names, ",")


def _commands(parsed_args: argparse.Namespace, **_: object) -> list[str]:
    from fodlam_core.analyses.records import RECORDS

    commands = [each.split() for each in RECORDS]
    return [words[-1] for words in commands if words[:-1] == (parsed_args.command or [])]


def _listed(prefix: str, names: Iterable[str], marks: str) -> list[str]:
    """Return names after what is written of a list already, such as ``conv=eyeriss,fc=``.

    >>> _listed("conv=eyeriss,fc=e", ["eie"], ",=")
    ['conv=eyeriss,fc=eie']
    """
    end = 1 + max(prefix.rfind(mark) for mark in marks)
    return [prefix[:end] + name for name in names]


# Names of arguments -> what completes them.
COMPLETERS: dict[str, Completer] = {
    **dict.fromkeys(("configs", "config", "network"), _networks),
    **dict.fromkeys(("on", "chips", "accelerator", "match", "name"), _chips),
    **dict.fromkeys(("scaler", "rule"), _rules),
    "predictor": _predictors,
    "command": _commands,
}
