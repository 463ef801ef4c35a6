"""Runs code of others so that it can neither end the program nor write among its data."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOCK = threading.RLock()
T = TypeVar("T")
P = ParamSpec("P")


def isolated(
    function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> tuple[T, None] | tuple[None, BaseException]:
    """Return what a function returns and None, or None and what it raised, ``SystemExit`` too.

    Only the user's own Ctrl-C comes through.

    >>> isolated(int, "1")
    (1, None)
    >>> isolated(exit, 3)
    (None, SystemExit(3))
    """
    try:
        return function(*args, **kwargs), None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return None, error


def describe(error: BaseException) -> str:
    r"""Return an exception as one line.

    >>> describe(ValueError("two  spaces"))
    'ValueError: two spaces'
    >>> describe(ValueError("two\nlines"))
    'ValueError: two; lines'
    """
    text, failed = isolated(_one_line, error)
    if failed:
        text = "its message cannot be shown"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _one_line(error: BaseException) -> str:
    lines = (" ".join(line.split()) for line in str(error).splitlines())
    return "; ".join(line for line in lines if line)


@contextlib.contextmanager
def stdout_to_stderr() -> Iterator[None]:
    """Send whatever is printed meanwhile to standard error, by C code and child processes too.

    Standard output is for data alone. It belongs to the whole process, so that one thread has to
    wait for another here.
    """
    with _LOCK:
        yield from _redirected()


def _redirected() -> Iterator[None]:
    stdout = sys.__stdout__
    try:
        number = stdout.fileno() if stdout else -1
        stdout.flush() if stdout else None
        saved = os.dup(number)
        os.dup2(2, number)
    except (OSError, ValueError):  # closed, or none at all: there is nothing to protect
        with contextlib.redirect_stdout(sys.stderr):
            yield
        return
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.__stdout__.flush()  # type: ignore[union-attr]
        os.dup2(saved, number)
        os.close(saved)
