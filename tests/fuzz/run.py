"""Runs every fuzz target for some seconds: ``python tests/fuzz/run.py [--seconds 15] [TARGET]``.

A failure is printed with its input and ends the run with status 1.
"""

from __future__ import annotations

import argparse
import importlib
import os
import random
import sys
import time


def main() -> int:
    """Run the targets; return how it ended."""
    module = importlib.import_module("test_targets")  # beside this file
    targets = [name.removeprefix("test_") for name in vars(module) if name.startswith("test_")]
    parser = argparse.ArgumentParser(description="Fuzz what reads files of others.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(targets))
    parser.add_argument("--seconds", type=float, default=15.0, help="for each (default: 15)")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    args = parser.parse_args()
    print(f"seed {args.seed}")
    for name in args.targets or targets:
        count = fuzz(getattr(module, f"test_{name}"), args.seconds, random.Random(args.seed))
        print(f"{name}: {count:,} inputs")
    return 0


def fuzz(target: object, seconds: float, source: random.Random) -> int:
    """Feed a target for so long; return the number of inputs that it took."""
    count, end = 0, time.monotonic() + seconds
    feed = target.hypothesis.fuzz_one_input  # type: ignore[attr-defined]
    while time.monotonic() < end:
        count += feed(source.randbytes(source.choice((64, 256, 1024)))) is not None
    return count


if __name__ == "__main__":
    sys.exit(main())
