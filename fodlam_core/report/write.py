"""Writes results: to standard output, or to a file that is complete or not there at all."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from fodlam_core.errors import FodlamError
from fodlam_core.files import was_read
from fodlam_core.report.messages import close_quietly

if TYPE_CHECKING:
    from collections.abc import Iterable

# What an encoding lacks is written as an escape, never a reason to fail.
UNENCODABLE = "backslashreplace"
# Pieces that are written together.
AT_ONCE = 1_000


def write_bytes(content: bytes, path: str) -> None:
    """Write a picture to a file, replacing it only once all is written.

    Raises:
        FodlamError: if it cannot be written; a file that was there before stays as it was.
    """
    try:
        _replace([content], os.path.realpath(path), update=False)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FodlamError(f"{path}: cannot be written: {reason}") from error


def write(text: str | list[str], path: str | None, *, update: bool = False) -> None:
    """Write text to a file, replacing it only once all is written, or to standard output.

    Args:
        text: what is written, in pieces if it is large.
        path: the file; None or ``"-"`` for standard output.
        update: whether the file may be one that the command has read, to go on with it.

    Raises:
        FodlamError: if it cannot be written; a file that was there before stays as it was.
    """
    pieces = [text] if isinstance(text, str) else text
    try:
        if path is None or path == "-":
            _write_to_stdout(pieces)
        elif os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
            # A device or a pipe cannot be replaced.
            with open(path, "w", encoding="utf-8", errors=UNENCODABLE) as file:
                file.writelines(pieces)
        else:
            content = (each.encode("utf-8", UNENCODABLE) for each in pieces)
            _replace(content, os.path.realpath(path), update=update)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        where = "standard output" if path in (None, "-") else path or repr(path)
        raise FodlamError(f"{where}: cannot be written: {reason}") from error


def _write_to_stdout(pieces: list[str]) -> None:
    if sys.stdout is None:
        raise ValueError("it is closed")
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors=UNENCODABLE)
    try:
        for start in range(0, len(pieces), AT_ONCE):  # also where each write would be a flush
            sys.stdout.write("".join(pieces[start : start + AT_ONCE]))
        sys.stdout.flush()
    except OSError:
        # Lest the interpreter tries once more, and complains, when it closes the stream.
        close_quietly(sys.stdout.fileno())
        raise


def _replace(content: Iterable[bytes], target: str, *, update: bool) -> None:
    import tempfile

    if was_read(target) and not update:
        raise ValueError("it is an input of this command; write to another file")
    if os.path.isdir(target):
        raise IsADirectoryError(21, "Is a directory")
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".fodlam-")
    try:
        with open(handle, "wb") as file:
            file.writelines(content)
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _mode(path: str) -> int:
    """Return the permissions of the file that is replaced, or those a new file would get."""
    try:
        return os.stat(path).st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
