"""The output of a sweep: there completely or not at all, and what is kept until it is there."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from typing import TYPE_CHECKING, Any

import polars as pl

from fodlam_core.errors import FodlamError
from fodlam_core.sweeps.formats import DATASET, join, sink
from fodlam_core.sweeps.leftovers import remove_parts, strange_names
from fodlam_core.sweeps.provenance import as_text, differences
from fodlam_core.sweeps.work import DATA, RECORDS, UNFINISHED, Record, Work, fingerprint
from fodlam_core.sweeps.written import (
    SIDECAR,
    check_replaceable,
    check_stamps,
    metadata_of,
    read_json,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SHEET = "sweep.json"
RUN = "run"
PARTS = ".parts"


def parts_directory(path: str) -> str:
    """Return the folder that holds the parts of an output until it is complete."""
    return plain(path) + PARTS


def plain(path: str) -> str:
    """Return the path of an output without the slash that makes it a folder."""
    return path.rstrip("/" + os.sep)


def target_of(path: str) -> str:
    """Return where an output is written: behind a symbolic link, as every output of a command.

    Raises:
        FodlamError: if there is no folder for it.
    """
    if os.path.islink(plain(path)):
        path = os.path.realpath(plain(path)) + path[len(plain(path)) :]
    parent = os.path.dirname(plain(path)) or "."
    if not os.path.isdir(parent):
        raise FodlamError(f"{path}: cannot be written: there is no folder {parent}")
    return path


def prepare_output(path: str, format: str, work: Work, *, resume: bool, force: bool) -> str | None:
    """Make the folder of the parts ready, which the run holds.

    Returns:
        What the parts of this run are stamped with; None if the output is complete already.

    Raises:
        FodlamError: if something is in the way, or what is there belongs to another sweep.
    """
    exists = os.path.lexists(plain(path))
    if exists and not force and not resume:
        raise FodlamError(f"{path}: exists already; --force replaces it")
    if exists and not force:
        _same(path, metadata_of(path, format), work.metadata)
        if format == DATASET:
            check_stamps(path, [0] if work.selection else work.parts)
        if os.path.isfile(os.path.join(work.directory, SHEET)):
            remove_parts(work.directory)
        return None
    check_replaceable(path, format)
    return _prepare_parts(work.directory, work.metadata, resume=resume, force=force)


def _prepare_parts(directory: str, metadata: dict[str, Any], *, resume: bool, force: bool) -> str:
    sheet = os.path.join(directory, SHEET)
    ours = os.path.isfile(sheet)
    strange = strange_names(directory)
    if strange or (not ours and strange_names(directory, known=())):
        name = f"{strange[0]} in it" if ours else "no unfinished sweep"
        raise FodlamError(f"{directory}: is in the way, and {name}; move it away")
    if ours and not resume and not force:
        raise FodlamError(
            f"{directory}: holds an unfinished sweep; --resume continues it, --force starts afresh"
        )
    found = read_json(sheet) if ours and not force else None
    if ours and not force:
        run = (found or {}).pop(RUN, "")
        _same(directory, found, metadata)
    else:
        remove_parts(directory)
        run = secrets.token_hex(8)
    for name in (DATA, RECORDS, UNFINISHED):
        os.makedirs(os.path.join(directory, name), exist_ok=True)
    if found is None:
        _write_atomically(sheet, as_text({**metadata, RUN: run}), directory)
    return str(run)


def _same(where: str, found: dict[str, Any] | None, wanted: dict[str, Any]) -> None:
    """Check that what is there is of this sweep."""
    if found is None:
        raise FodlamError(f"{where}: its sweep is not known; move it away")
    wrong = differences(found, json.loads(as_text(wanted)))
    if wrong:
        raise FodlamError(
            f"{where}: belongs to another sweep: {', '.join(wrong)} differ; --force starts again"
        )


def finish(work: Work, path: str, format: str, records: Sequence[Record]) -> int | None:
    """Turn complete parts into the output; return the number of rows kept by a selection.

    The output is put in its place by renaming, then the folder of the parts goes.

    Raises:
        FodlamError: if a part is not what this run has written.
    """
    _check_parts(work, records)
    files = [work.data_path(part) for part in work.parts]
    single = "parquet" if format == DATASET else format
    ready = os.path.join(work.directory, f"output.{single}")
    kept = None
    if work.selection:
        selected = work.selection.of(map(pl.read_parquet, files))
        kept = selected.height
        sink(selected.lazy(), ready, single, work.stamped(0))
        if format == DATASET:
            shutil.rmtree(os.path.join(work.directory, DATA))
            os.mkdir(os.path.join(work.directory, DATA))
            os.replace(ready, work.data_path(0))
    elif format != DATASET:
        join(files, ready, format, work.metadata)
    if format == DATASET:
        ready = os.path.join(work.directory, DATA)
    if format in ("csv", "jsonl"):
        _write_atomically(plain(path) + SIDECAR, as_text(work.metadata), work.directory)
    if os.path.isdir(plain(path)):
        os.replace(plain(path), os.path.join(work.directory, "replaced"))
    os.replace(ready, plain(path))
    remove_parts(work.directory)
    return kept


def _check_parts(work: Work, records: Sequence[Record]) -> None:
    """Check that the parts are those of this run, each in its place, and nothing besides them."""
    for record in records:
        if fingerprint(work.data_path(record.part)) != (record.size, record.crc32):
            raise FodlamError(
                f"{work.data_path(record.part)}: was changed while the sweep ran; --resume "
                "computes it again"
            )
    wanted = {os.path.basename(work.data_path(part)) for part in work.parts}
    strange = sorted(set(os.listdir(os.path.join(work.directory, DATA))) - wanted)
    if strange:
        raise FodlamError(
            f"{os.path.join(work.directory, DATA, strange[0])}: is not a part of this sweep; move "
            "it away, and --resume continues"
        )


def _write_atomically(path: str, text: str, directory: str) -> None:
    temporary = os.path.join(directory, f"output.{os.getpid()}.tmp")
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
            kept = f"; complete parts stay in {directory}, and --resume continues with them"
        raise FodlamError(f"{path}: cannot be written: {reason}{kept}") from error
