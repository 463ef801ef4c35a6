"""A lock on the folder of the parts, which one run holds at a time and which ends with it."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from fodlam_core.errors import FodlamError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK = "lock"


@contextlib.contextmanager
def locked(directory: str) -> Iterator[None]:
    """Hold a folder, which is made if need be, and goes again if nothing is put into it.

    The operating system releases the lock when its process ends, however it ends.

    Raises:
        FodlamError: if another run holds it.
        OSError: if the folder cannot be made.
    """
    if os.path.lexists(directory) and (os.path.islink(directory) or not os.path.isdir(directory)):
        raise FodlamError(
            f"{directory}: is in the way and is not an unfinished sweep; move it away"
        )
    path = os.path.join(directory, LOCK)
    descriptor = _take(path, directory)
    try:
        yield
    finally:
        if os.path.isdir(directory) and os.listdir(directory) in ([], [LOCK]):
            with contextlib.suppress(OSError):
                os.unlink(path)
                os.rmdir(directory)
        os.close(descriptor)


def _take(path: str, directory: str) -> int:
    while True:
        try:
            os.makedirs(directory, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except FileNotFoundError:  # the run before has just removed the folder
            continue
        try:
            _lock(descriptor)
            # It is not a lock if the run before removed the file after it was opened here.
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return descriptor
        except FileNotFoundError:
            pass
        except OSError:
            os.close(descriptor)
            raise FodlamError(
                f"{directory}: another run is writing there; wait for it, or write elsewhere"
            ) from None
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Take the lock of an open file; raises `OSError` if another process has it."""
    try:
        import fcntl
    except ImportError:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
