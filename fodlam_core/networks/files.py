"""Reads a network file with the reader that fits it, by suffix and content or by name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fodlam_core.errors import NetworkError
from fodlam_core.layers import Network
from fodlam_core.readers import NetworkReader, ReadOptions

# What a reader takes that does not say otherwise in an attribute ``max_bytes``.
MAX_BYTES = 64_000_000
HEAD_BYTES = 4096


def read_network(path: Path, reader: NetworkReader, options: ReadOptions) -> Network:
    """Read a network file.

    Raises:
        NetworkError: if it cannot be read; the text names the file.
    """
    head_of(path)
    _check_size(path, getattr(reader, "max_bytes", MAX_BYTES))
    try:
        return reader.read(path, options)
    except UnicodeDecodeError as error:
        raise NetworkError(
            f"{path}: not UTF-8 text: {error.reason} at byte {error.start}"
        ) from None
    except RecursionError:
        raise NetworkError(f"{path}: nested too deeply") from None
    except OSError as error:
        raise NetworkError(f"{path}: {error.strerror}") from error


def _check_size(path: Path, most: int | None) -> None:
    if most is not None and path.stat().st_size > most:
        raise NetworkError(f"{path}: larger than {most // 1_000_000} MB, no network file")


def reader_for(path: Path, readers: Iterable[NetworkReader]) -> NetworkReader:
    """Choose the one reader that accepts a file.

    Raises:
        NetworkError: if none does, or several do.
    """
    readers = list(readers)
    head = head_of(path)
    fitting = [
        reader
        for reader in readers
        if path.name.lower().endswith(reader.suffixes) and reader.accepts(head)
    ]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(reader.name for reader in fitting or readers)
    what = "fits several formats" if fitting else "is in no format that is known by its name"
    raise NetworkError(f"{path}: {what}; write format = ... under [network], one of: {names}")


def head_of(path: Path) -> bytes:
    """Return the first bytes of a regular file.

    Raises:
        NetworkError: if it is not there, or not a regular file.
    """
    try:
        if path.exists() and not path.is_file():
            raise NetworkError(f"{path}: not a regular file")
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except (OSError, ValueError) as error:
        raise NetworkError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
