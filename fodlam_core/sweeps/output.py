"""The output of a sweep: there completely or not at all, and what is kept until it is there."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import polars as pl

from fodlam_core.errors import FodlamError
from fodlam_core.sweeps.formats import DATASET, join, sink
from fodlam_core.sweeps.provenance import METADATA_KEY, as_text, differences
from fodlam_core.sweeps.work import DATA, RECORDS, UNFINISHED, Work

if TYPE_CHECKING:
    from collections.abc import Callable

SHEET = "sweep.json"
PARTS = ".parts"
SIDECAR = ".meta.json"


def parts_directory(path: str) -> str:
    """Return the folder that holds the parts of an output until it is complete."""
    return path.rstrip("/" + os.sep) + PARTS


def prepare_output(
    path: str, format: str, metadata: dict[str, Any], *, resume: bool, force: bool
) -> bool:
    """Make the folder of the parts ready; return whether the output is complete already.

    Raises:
        FodlamError: if something is in the way, or what is there is of another sweep.
    """
    parent = os.path.dirname(path.rstrip("/" + os.sep)) or "."
    if not os.path.isdir(parent):
        raise FodlamError(f"{path}: cannot be written: there is no folder {parent}")
    if os.path.lexists(path.rstrip("/" + os.sep)) and not force:
        if not resume:
            raise FodlamError(f"{path}: exists already; --force replaces it")
        _same(path, _metadata_of(path, format), metadata)
        return True
    if force:
        _check_replaceable(path, format)
    _prepare_parts(parts_directory(path), metadata, resume=resume, force=force)
    return False


def _prepare_parts(directory: str, metadata: dict[str, Any], *, resume: bool, force: bool) -> None:
    sheet = os.path.join(directory, SHEET)
    ours = os.path.isfile(sheet)
    if os.path.lexists(directory) and not ours and _names_in(directory):
        raise FodlamError(f"{directory}: is in the way, and no unfinished sweep; move it away")
    if ours and resume and not force:
        _same(directory, _read_json(sheet), metadata)
    elif ours and not force:
        raise FodlamError(
            f"{directory}: holds an unfinished sweep; --resume goes on with it, --force starts "
            "afresh"
        )
    elif ours:
        shutil.rmtree(directory)
    for name in (DATA, RECORDS, UNFINISHED):
        os.makedirs(os.path.join(directory, name), exist_ok=True)
    if not os.path.isfile(sheet):
        _write_atomically(sheet, as_text(metadata))


def _same(where: str, found: dict[str, Any] | None, wanted: dict[str, Any]) -> None:
    """Check that what is there is of this sweep."""
    if found is None:
        raise FodlamError(f"{where}: does not say what sweep it is of; --force replaces it")
    wrong = differences(found, json.loads(as_text(wanted)))
    if wrong:
        raise FodlamError(
            f"{where}: is of another sweep: {', '.join(wrong)} differ; --force starts afresh"
        )


def _metadata_of(path: str, format: str) -> dict[str, Any] | None:
    if format in ("csv", "jsonl"):
        return _read_json(path + SIDECAR)
    try:
        if format == DATASET:
            path = os.path.join(path, sorted(os.listdir(path))[0])
        return _as_dict(pl.read_parquet_metadata(path).get(METADATA_KEY, ""))
    except (OSError, IndexError, pl.exceptions.PolarsError):
        return None


def _read_json(path: str) -> dict[str, Any] | None:
    try:
        with open(path, encoding="utf-8") as file:
            return _as_dict(file.read())
    except (OSError, ValueError):
        return None


def _as_dict(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _check_replaceable(path: str, format: str) -> None:
    """Check that replacing the output destroys nothing but an output."""
    plain = path.rstrip("/" + os.sep)
    if format != DATASET:
        if os.path.lexists(plain) and not os.path.isfile(plain):
            raise FodlamError(f"{path}: is no file, and is not replaced")
    elif os.path.lexists(plain):
        strange = [name for name in _names_in(plain) if not name.endswith(".parquet")]
        if strange or not os.path.isdir(plain):
            raise FodlamError(f"{path}: holds more than Parquet files, and is not replaced")


def _names_in(path: str) -> list[str]:
    return os.listdir(path) if os.path.isdir(path) else [path]


def finish(work: Work, path: str, format: str) -> int | None:
    """Turn complete parts into the output; return the number of rows kept by a selection.

    The output is put in its place by renaming, then the folder of the parts goes.
    """
    files = [work.data_path(part) for part in work.parts]
    single = "parquet" if format == DATASET else format
    ready = os.path.join(work.directory, f"output.{single}")
    kept = None
    if work.selection:
        selected = work.selection.of(map(pl.read_parquet, files))
        kept = selected.height
        sink(selected.lazy(), ready, single, work.metadata)
        if format == DATASET:
            shutil.rmtree(os.path.join(work.directory, DATA))
            os.mkdir(os.path.join(work.directory, DATA))
            os.replace(ready, work.data_path(0))
    elif format != DATASET:
        join(files, ready, format, work.metadata)
    if format == DATASET:
        ready = os.path.join(work.directory, DATA)
    plain = path.rstrip("/" + os.sep)
    if format in ("csv", "jsonl"):
        _write_atomically(plain + SIDECAR, as_text(work.metadata))
    if os.path.isdir(plain):
        os.replace(plain, os.path.join(work.directory, "replaced"))
    os.replace(ready, plain)
    shutil.rmtree(work.directory)
    return kept


def _write_atomically(path: str, text: str) -> None:
    temporary = f"{path}.{os.getpid()}.tmp"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def writing(path: str, action: Callable[[], Any]) -> Any:
    """Do something that writes, and say what to do if it cannot.

    Raises:
        FodlamError: if the output cannot be written.
        KeyboardInterrupt: if the user interrupted it.
    """
    try:
        return action()
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        if reason == "query interrupted":
            # Polars sometimes says it so when Ctrl-C reaches it amidst its own work.
            raise KeyboardInterrupt from error
        directory = parts_directory(path)
        kept = ""
        if os.path.isfile(os.path.join(directory, SHEET)):
            kept = f"; complete parts stay in {directory}, and --resume goes on with them"
        raise FodlamError(f"{path}: cannot be written: {reason}{kept}") from error
