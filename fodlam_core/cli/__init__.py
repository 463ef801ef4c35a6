"""The command line: one module for each command, imported only when it is called.

A new command is a module here and a line in `COMMANDS`; what it computes belongs to `analyses`.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

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


def program() -> int:
    """Run the command line as a program of its own; return the exit status."""
    # Most of a run is making classes, of which nothing becomes garbage: searching for it all the
    # while takes a tenth of the time. What runs for long still gets rid of its garbage. That is
    # why this module imports nothing that makes any.
    gc.set_threshold(100_000)
    try:
        return main()
    finally:
        gc.freeze()  # what is left goes with the process, unsearched


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    from fodlam_core.cli.call import call

    return call(sys.argv[1:] if argv is None else list(argv))
