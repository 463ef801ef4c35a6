"""Writes results: to standard output, or to a file that is complete or not there at all."""

from __future__ import annotations

import os
import sys

from fodlam_core.errors import FodlamError


def write(text: str, path: str | None) -> None:
    """Write text to a file, replacing it only once all is written, or to standard output.

    Raises:
        FodlamError: if the file cannot be written; what was there before stays.
    """
    if path is None or path == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    import tempfile

    target = os.path.realpath(path)
    try:
        if os.path.isdir(target):
            raise IsADirectoryError(21, "Is a directory")
        if os.path.exists(target) and not os.path.isfile(target):
            _write_through(text, target)  # a device or a pipe cannot be replaced
            return
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".fodlam-")
        try:
            with open(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            os.chmod(temporary, _mode(target))
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise FodlamError(f"{path}: cannot be written: {error.strerror}") from error


def _write_through(text: str, path: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _mode(path: str) -> int:
    """Return the permissions of the file that is replaced, or those a new file would get."""
    try:
        return os.stat(path).st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
