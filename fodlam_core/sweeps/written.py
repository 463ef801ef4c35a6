"""What an output that is there says of itself: of which sweep it is, and that it is one."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import polars as pl

from fodlam_core.errors import FodlamError
from fodlam_core.files import FileError, parsed_json, read_text
from fodlam_core.sweeps.formats import DATASET
from fodlam_core.sweeps.provenance import METADATA_KEY, STAMP_KEY

if TYPE_CHECKING:
    from collections.abc import Sequence

SIDECAR = ".meta.json"
MOST_BYTES = 64_000_000
# What the metadata of every sweep have.
FOREIGN = "was not written by a sweep, and is not replaced; move it away"
KEYS = ("sweep", "columns", "points")


def metadata_of(path: str, format: str) -> dict[str, Any] | None:
    """Return what an output rests on; None if it does not say so."""
    if format in ("csv", "jsonl"):
        return read_json(path + SIDECAR)
    if format != DATASET:
        return _told(path)
    names = _names(path)
    return _told(os.path.join(path, names[0])) if names else None


def read_json(path: str) -> dict[str, Any] | None:
    """Return a table that was written as JSON; None if there is none."""
    try:
        value = parsed_json(read_text(path, MOST_BYTES))
    except FileError:
        return None
    return value if isinstance(value, dict) else None


def check_replaceable(path: str, format: str) -> None:
    """Check that putting an output in its place destroys nothing but an output.

    Raises:
        FodlamError: naming what no sweep has written.
    """
    plain = path.rstrip("/" + os.sep)
    sidecar = plain + SIDECAR
    if format in ("csv", "jsonl") and os.path.lexists(sidecar) and not _is_ours(read_json(sidecar)):
        raise FodlamError(f"{sidecar}: {FOREIGN}")
    if not os.path.lexists(plain):
        return
    if format == DATASET:
        strange = [name for name in _names(plain) if not _is_part(os.path.join(plain, name))]
        if strange or not os.path.isdir(plain):
            what = (
                f"holds more than Parquet files of a sweep: {strange[0]}" if strange else "a file"
            )
            raise FodlamError(f"{path}: {what}; it is not replaced; move it away")
    elif not os.path.isfile(plain) or not _is_ours(metadata_of(plain, format)):
        raise FodlamError(f"{path}: {FOREIGN}")


def check_stamps(path: str, parts: Sequence[int]) -> None:
    """Check that a folder holds the parts of one run, each under its own number.

    Raises:
        FodlamError: naming the file that is strange, not in its place, or missing.
    """
    runs: dict[str, str] = {}
    wanted = {f"part-{part:08}.parquet": part for part in parts}
    for name in _names(path):
        stamp = _parquet_metadata(os.path.join(path, name)).get(STAMP_KEY, "")
        run, _, number = stamp.partition("/")
        if name not in wanted or number != str(wanted[name]):
            raise FodlamError(
                f"{os.path.join(path, name)}: is not a part of this sweep; move it away"
            )
        runs.setdefault(run, name)
    missing = sorted(set(wanted) - set(_names(path)))
    if missing:
        raise FodlamError(f"{os.path.join(path, missing[0])}: is missing; --force starts again")
    if len(runs) > 1:
        names = " and ".join(runs.values())
        raise FodlamError(f"{path}: {names} are of different runs; --force starts again")


def _names(path: str) -> list[str]:
    return sorted(os.listdir(path)) if os.path.isdir(path) else []


def _is_part(path: str) -> bool:
    name = os.path.basename(path)
    number = name.removeprefix("part-").removesuffix(".parquet")
    return name == f"part-{number}.parquet" and number.isdecimal() and _is_ours(_told(path))


def _is_ours(metadata: dict[str, Any] | None) -> bool:
    return metadata is not None and all(key in metadata for key in KEYS)


def _told(path: str) -> dict[str, Any] | None:
    try:
        value = json.loads(_parquet_metadata(path).get(METADATA_KEY, ""))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _parquet_metadata(path: str) -> dict[str, str]:
    """Return what a Parquet file carries with it; nothing if it is none."""
    try:
        return pl.read_parquet_metadata(path) if os.path.isfile(path) else {}
    except (OSError, pl.exceptions.PolarsError):
        return {}
