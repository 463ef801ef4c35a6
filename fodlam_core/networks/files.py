"""Reads a network file with the reader that fits it, by suffix and content or by name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import attrs

from fodlam_core.errors import NetworkError, Setting
from fodlam_core.files import FileError, read_head
from fodlam_core.networks.read_text import refuse_tokens
from fodlam_core.networks.reader import NetworkReader, ReadOptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from fodlam_core.model.layers import Network

# What a reader takes that does not say otherwise in an attribute ``max_bytes``.
MAX_BYTES = 64_000_000
HEAD_BYTES = 4096
# The endings of what no reader knows -> what it is, and what can be read in its place.
_PYTORCH = (
    "a program or the weights of PyTorch",
    "write it as ONNX with torch.onnx.export, or give fodlam_core.networks.from_torch the module",
)
_TENSORFLOW = "a model of TensorFlow or Keras", "write it as ONNX with tf2onnx"
_WEIGHTS = "weights without layers", "give the config.json next to them"
ELSEWHERE = {
    **dict.fromkeys((".pt", ".pth", ".pt2"), _PYTORCH),
    **dict.fromkeys((".h5", ".keras", ".pb", ".tflite"), _TENSORFLOW),
    **dict.fromkeys((".safetensors", ".gguf", ".bin"), _WEIGHTS),
    ".caffemodel": ("weights without layers", "give the .prototxt next to them"),
}


def open_network(
    path: Path,
    readers: Iterable[NetworkReader],
    options: ReadOptions = ReadOptions(),  # noqa: B008, immutable
    reader: NetworkReader | None = None,
) -> Network:
    """Read a network file, and compare its total with that of a built-in network of its name.

    Args:
        path: the file, or a folder for a format that is one.
        readers: the readers to choose from, by suffix and content.
        options: what is said about the file.
        reader: the reader to take instead.

    Raises:
        NetworkError: if it cannot be read; the text names the file.
    """
    from fodlam_core.networks.zoo.cross_check import deviations

    network = read_network(path, reader or reader_for(path, readers), options)
    notes = dict.fromkeys((*network.notes, *deviations(network, path.stem)))
    return attrs.evolve(network, notes=tuple(notes))


def read_network(path: Path, reader: NetworkReader, options: ReadOptions) -> Network:
    """Read a network file.

    Raises:
        NetworkError: if it cannot be read; the text names the file.
    """
    if not _is_folder_for(path, reader):
        head_of(path)
        _check_size(path, getattr(reader, "max_bytes", MAX_BYTES))
    if not getattr(reader, "reads_tokens", False):
        refuse_tokens(path.name, options.tokens, str(path))
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
        raise NetworkError(
            f"{path}: larger than {most // 1_000_000} MB, too large for a network file"
        )


def reader_for(path: Path, readers: Iterable[NetworkReader]) -> NetworkReader:
    """Choose the one reader that accepts a file; that of a plugin, if none of the core does.

    Raises:
        NetworkError: if none does, or several do.
    """
    readers = list(readers)
    own = [reader for reader in readers if not getattr(reader, "foreign", False)]
    fitting = _fitting(path, own)
    if not fitting:
        fitting = _fitting(path, [reader for reader in readers if reader not in own])
    if len(fitting) == 1:
        return fitting[0]
    if not fitting and path.suffix.lower() in ELSEWHERE:
        what, todo = ELSEWHERE[path.suffix.lower()]
        raise NetworkError(what, where=str(path), cure=todo)
    names = ", ".join(reader.name for reader in fitting or readers)
    what = "fits several formats" if fitting else "its format is not recognised"
    cure = "give ", Setting(("network",), "format", "NAME"), f", one of: {names}"
    raise NetworkError(what, where=str(path), cure=cure)


def _fitting(path: Path, readers: Sequence[NetworkReader]) -> list[NetworkReader]:
    """Return the readers that accept a file or a folder."""
    folders = [reader for reader in readers if _is_folder_for(path, reader)]
    if folders or not readers:
        return folders
    head = head_of(path)
    return [
        reader
        for reader in readers
        if path.name.lower().endswith(reader.suffixes) and reader.accepts(head)
    ]


def _is_folder_for(path: Path, reader: NetworkReader) -> bool:
    """Tell whether a path is a folder, and the reader one that reads folders."""
    return getattr(reader, "reads_folders", False) and os.path.isdir(path)


def head_of(path: Path) -> bytes:
    """Return the first bytes of a regular file.

    Raises:
        NetworkError: if it is not there, or not a regular file.
    """
    try:
        return read_head(path, HEAD_BYTES)
    except FileError as error:
        raise NetworkError(f"{path}: {error}") from error
