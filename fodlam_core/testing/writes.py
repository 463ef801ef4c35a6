"""Notices which files are written while something runs."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_seen: list[set[str]] = []


@contextlib.contextmanager
def written() -> Iterator[set[str]]:
    """Collect the files that are opened to be written meanwhile, compiled modules apart."""
    _install()
    found: set[str] = set()
    _seen.append(found)
    try:
        yield found
    finally:
        _seen.remove(found)


@functools.cache
def _install() -> None:
    # For good: Python has no way to take such a hook away. It does nothing most of the time.
    sys.addaudithook(_notice)


def _notice(event: str, args: tuple[Any, ...]) -> None:
    if not _seen or event != "open":
        return
    path, _, flags = args
    if isinstance(path, str | bytes | os.PathLike) and isinstance(flags, int) and flags & _WRITING:
        name = os.path.abspath(os.fsdecode(path))
        if not name.endswith((".pyc", os.devnull)) and ".pyc." not in name:
            for each in _seen:
                each.add(name)
