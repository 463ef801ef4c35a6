"""Names a plugin that hangs or is interrupted while it is loaded, with the line that it is at."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType

LOADER = os.path.join(os.path.dirname(__file__), "loading.py")
# What stands between the loader and the plugin.
OURS = (os.path.dirname(LOADER), os.path.dirname(pluggy.__file__))
PATIENCE_S = 2.0
LOOKS_S = 0.25

Place = tuple[str, int]  # file and line


class _Load:
    """The plugin that is being loaded, and since when; no name between two plugins."""

    what: object = None
    since_s = 0.0


_load = _Load()


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """Say on standard error which of the plugins loaded meanwhile takes long, and where it is."""
    done = threading.Event()
    thread = threading.Thread(
        target=_watch, args=(done, threading.get_ident()), name="fodlam-plugins", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextlib.contextmanager
def loading(what: object) -> Iterator[None]:
    """Say what is being loaded.

    Raises:
        KeyboardInterrupt: with a text that names it, and the line, if the user interrupts it.
    """
    _load.what, _load.since_s = what, time.perf_counter()
    try:
        yield
    except KeyboardInterrupt as error:
        at = place((frame.f_code.co_filename, line) for frame, line in _frames(error))
        raise KeyboardInterrupt(f"interrupted while {what} was loading{at}") from error
    finally:
        _load.what = None


def _frames(error: BaseException) -> Iterable[tuple[FrameType, int]]:
    import traceback

    return traceback.walk_tb(error.__traceback__)


def _watch(done: threading.Event, thread: int) -> None:
    told = None
    while not done.wait(LOOKS_S):
        what, since_s = _load.what, _load.since_s
        if what is None or what is told or time.perf_counter() - since_s < PATIENCE_S:
            continue
        told = what
        import traceback  # not before there is something to tell

        frame = sys._current_frames().get(thread)
        stack = [] if frame is None else list(traceback.walk_stack(frame))[::-1]
        at = place((frame.f_code.co_filename, line) for frame, line in stack)
        print(
            f"warning: {what} is still loading after {PATIENCE_S:.0f} s{at}; Ctrl-C ends it",
            file=sys.stderr,
            flush=True,
        )


def place(stack: Iterable[Place]) -> str:
    """Return where a plugin is: the innermost line of its own files, else of any.

    Args:
        stack: files and lines, the outermost first.
    """
    calls = [each for each in stack if not each[0].startswith("<")]
    loader = max((i for i, (file, _) in enumerate(calls) if file == LOADER), default=-1)
    inside = [each for each in calls[loader + 1 :] if not each[0].startswith(OURS)]
    if not inside:
        return ""
    first = inside[0][0]
    is_package = os.path.basename(first) == "__init__.py"
    home = os.path.dirname(first) + os.sep if is_package else first
    file, line = [each for each in inside if each[0].startswith(home)][-1]
    import linecache

    code = linecache.getline(file, line).strip()
    return f", at {file}:{line}" + (f": {code}" if code else "")
