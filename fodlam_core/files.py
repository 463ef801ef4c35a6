"""The one way to read a file that somebody names: a regular file, not too large, without NUL."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import stat
import time
from typing import TYPE_CHECKING, Any

from fodlam_core.errors import FodlamError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_BYTES = 8_000_000
MAX_DIGITS = 4_000
DEEPEST = 200
# Not to wait for the other end of a pipe, which is refused anyway.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_DIGITS = re.compile(rf"\d[\d_]{{{MAX_DIGITS},}}")
_BRACKETS = r'"(?:\\.|[^"\\])*"|[\[{]|[\]}]'

# A file that changed less than this long ago may change again without a new time stamp.
_SETTLED_NS = 100_000_000

_read: set[tuple[int, int]] = set()
_noted: list[dict[str, Stamp | None]] = []


Stamp = tuple[int, int, int, int]
"""What changes when a file does: device, number, time of the change, size."""


class FileError(FodlamError):
    """A file that cannot be read. The text is the reason only; the caller says which file."""


def read_bytes(path: str | os.PathLike[str], most: int = MAX_BYTES) -> bytes:
    """Return the content of a file.

    Args:
        path: the file; a symbolic link is followed.
        most: how many bytes it may have.

    Raises:
        FileError: if it is not there, not a regular file, or larger.
    """
    descriptor = _open(path)
    with os.fdopen(descriptor, "rb") as file:
        size = os.fstat(descriptor).st_size
        try:
            data = file.read(most + 1) if size <= most else b""
        except OSError as error:
            raise FileError(error.strerror or str(error)) from error
    if size > most or len(data) > most:
        raise FileError(f"larger than {most / 1e6:g} MB")
    return data


def read_head(path: str | os.PathLike[str], most: int) -> bytes:
    """Return the first bytes of a file, however large it is.

    Raises:
        FileError: if it is not there, or not a regular file.
    """
    with os.fdopen(_open(path), "rb") as file:
        return file.read(most)


def read_text(path: str | os.PathLike[str], most: int = MAX_BYTES) -> str:
    """Return the content of a text file in UTF-8, without a byte-order mark.

    Raises:
        FileError: as `read_bytes`, or if it is not text.
    """
    return decoded(read_bytes(path, most))


def text_of(data: bytes) -> str:
    """Return bytes in UTF-8 as text, without a byte-order mark; may raise `UnicodeDecodeError`."""
    return data.removeprefix(codecs.BOM_UTF8).decode()


def decoded(data: bytes) -> str:
    """Return bytes as text; raises `FileError` if they are not UTF-8, or hold NUL."""
    try:
        text = text_of(data)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileError(f"not UTF-8 text ({error.reason} in line {line})") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise FileError(f"not a text file: it has a NUL in line {line}")
    return text


def parsed_toml(text: str) -> dict[str, Any]:
    """Return TOML as tables.

    Raises:
        FileError: saying where it is wrong.
    """
    import tomli

    _check_digits(text)
    try:
        return tomli.loads(text)
    except RecursionError:
        raise FileError("nested too deeply") from None
    except ValueError as error:
        raise FileError(f"not TOML: {error}") from error


def parsed_json(text: str, **options: Any) -> Any:
    """Return JSON as a value; ``options`` are those of `json.loads`.

    Raises:
        FileError: saying where it is wrong.
    """
    import json

    _check_digits(text)
    _check_depth(text)
    try:
        return json.loads(text, parse_constant=_no_constant, **options)
    except RecursionError:
        raise FileError("nested too deeply") from None
    except ValueError as error:
        raise FileError(f"not JSON: {error}") from error


def check_regular(path: str | os.PathLike[str]) -> int:
    """Return the size of a regular file that can be read, in bytes.

    Raises:
        FileError: if it is not there, or something else.
    """
    descriptor = _open(path)
    try:
        return os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)


def was_read(path: str | os.PathLike[str]) -> bool:
    """Tell whether a file, under whatever name, has been read since `forget_files`."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return False
    return (found.st_dev, found.st_ino) in _read


def forget_files() -> None:
    """Begin to note which files are read, for a command that must not overwrite its input."""
    _read.clear()


@contextlib.contextmanager
def files_noted() -> Iterator[dict[str, Stamp | None]]:
    """Note the files that are read meanwhile, each with its stamp for `are_unchanged`."""
    notes: dict[str, Stamp | None] = {}
    _noted.append(notes)
    try:
        yield notes
    finally:
        _noted[:] = [each for each in _noted if each is not notes]  # not one that is equal


def are_unchanged(stamps: Mapping[str, Stamp | None]) -> bool:
    """Tell whether files are as they were when they were read, as far as stamps can tell."""
    try:
        return all(stamp and _stamp(os.stat(path)) == stamp for path, stamp in stamps.items())
    except (OSError, ValueError):
        return False


def _stamp(found: os.stat_result) -> Stamp | None:
    if time.time_ns() - found.st_mtime_ns < _SETTLED_NS:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


def _open(path: str | os.PathLike[str]) -> int:
    try:
        if not os.path.isfile(path) and os.path.exists(path):  # nothing is opened to find it out
            raise FileError(_what_else(os.stat(path).st_mode))
        descriptor = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        raise FileError(getattr(error, "strerror", None) or str(error)) from error
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise FileError(_what_else(found.st_mode))
    with contextlib.suppress(AttributeError, OSError):
        os.set_blocking(descriptor, True)
    _read.add((found.st_dev, found.st_ino))
    for notes in _noted:
        notes[os.path.abspath(path)] = _stamp(found)
    return descriptor


def _what_else(mode: int) -> str:
    return "a folder, not a regular file" if stat.S_ISDIR(mode) else "not a regular file"


def _check_digits(text: str) -> None:
    found = _DIGITS.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise FileError(f"line {line}: the number is too large: more than {MAX_DIGITS:,} digits")


def _check_depth(text: str) -> None:
    """Check how deep JSON is nested, which everything that goes through it later relies on."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return
    depth = 0
    for match in re.finditer(_BRACKETS, text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        if depth > DEEPEST:
            raise FileError("nested too deeply")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number in JSON")
