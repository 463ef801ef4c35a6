"""What a sweep has put into the folder of its parts, and nothing else, is removed again."""

from __future__ import annotations

import contextlib
import os
import re

from fodlam_core.sweeps.lock import LOCK

# Names of what a run writes, relative to the folder of the parts.
OURS = re.compile(
    r"""sweep\.json | output\.\w+ | output\.\d+\.tmp
    | (data | replaced) / part-\d+\.(parquet|csv|jsonl)
    | records / part-\d+\.json(\.\d+\.tmp)?
    | unfinished / \d+-\d+\.(parquet|csv|jsonl)""",
    re.VERBOSE,
)
FOLDERS = ("data", "replaced", "records", "unfinished")


def strange_names(directory: str, known: tuple[str, ...] = FOLDERS) -> list[str]:
    """Return what is in a folder of parts and was not written by a sweep.

    Args:
        directory: the folder; there may be none.
        known: the folders that may be in it, and are looked into.
    """
    if not os.path.isdir(directory):
        return []
    found = []
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name)
        if name in known and os.path.isdir(path) and not os.path.islink(path):
            names = [f"{name}/{inner}" for inner in sorted(os.listdir(path))]
        else:
            names = [name]
        found += [each for each in names if each != LOCK and not (known and OURS.fullmatch(each))]
    return found


def remove_parts(directory: str) -> None:
    """Remove what sweeps have written into a folder of parts, and the folder once it is empty."""
    if not os.path.isdir(directory):
        return
    for name in FOLDERS:
        folder = os.path.join(directory, name)
        if os.path.isdir(folder) and not os.path.islink(folder):
            _remove_files(folder, f"{name}/")
            with contextlib.suppress(OSError):
                os.rmdir(folder)
    _remove_files(directory, "")


def _remove_files(folder: str, prefix: str) -> None:
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if OURS.fullmatch(f"{prefix}{name}") and os.path.isfile(path):
            os.unlink(path)
