"""What the GPUs of a source do per unit of their datasheets, for those that nobody measured.

A term of the sum of `linear` is bound to the peak rate of a datasheet, to its memory bandwidth, or
to neither. So one set of factors holds for all GPUs of a source: ``shared.csv`` has those that fit
all of them, and those without each, and how far off a GPU is that was left out.
"""

from __future__ import annotations

import csv
import functools
from typing import TYPE_CHECKING, Any

from fodlam_core import Coefficients, CrossValidated

from .catalogue import HERE

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECTED = "projected-"
TERMS = ("product_macs", "weight_elements", "cache_elements", "score_elements", "token_elements")
TERMS += ("layers",)
ACTIVATION_BYTES = 2.0


def units(entry: Mapping[str, Any], weight_bits: float) -> tuple[float, ...] | None:
    """Return the seconds of one of each term by a datasheet; None if it lacks a fact.

    >>> entry = {"peaks": {"fp16": 1e12}, "memory_bandwidth_bytes_per_s": 1e11}
    >>> units(entry, weight_bits=4)
    (1e-12, 5e-12, 2e-11, 2e-11, 2e-11, 1.0)
    """
    peaks, bandwidth = entry.get("peaks", {}), entry.get("memory_bandwidth_bytes_per_s")
    peak = peaks.get("fp16") or peaks.get("bf16")
    if peak is None or bandwidth is None:
        return None
    moved = ACTIVATION_BYTES / bandwidth
    return (1 / peak, weight_bits / 8 / bandwidth, moved, moved, moved, 1.0)


def coefficients(
    source: str, chip: str, point: str, entry: Mapping[str, Any], weight_bits: float
) -> Coefficients | None:
    """Return the coefficients of a chip by its datasheet, as all others have them.

    None if the source shares none, or if the datasheet lacks a fact.
    """
    own, rows = units(entry, weight_bits), _rows(source)
    row = rows.get((point.removeprefix(PROJECTED), chip))
    row = row or rows.get((point.removeprefix(PROJECTED), ""))
    if row is None or own is None:
        return None
    pairs = zip(TERMS, own, strict=True)
    return Coefficients({term: float(row[term]) * unit for term, unit in pairs})


def errors(source: str, point: str) -> dict[str, dict[str, CrossValidated]]:
    """Return the errors of the predictor on GPUs that were left out; empty if there are none."""
    row = _rows(source).get((point.removeprefix(PROJECTED), ""))
    return {"linear": {"latency": left_out(row)}} if row else {}


def left_out(row: Mapping[str, str]) -> CrossValidated:
    """Return the error on chips that were left out, from a row of a table that has it."""
    return CrossValidated(
        scheme="leave-chips-out",
        groups=int(row["groups"]),
        runs=int(row["runs"]),
        half_width=float(row["half_width"]),
        mape=float(row["mape"]),
        median=float(row["median"]),
    )


@functools.cache
def _rows(source: str) -> dict[tuple[str, str], dict[str, str]]:
    path = HERE / source / "shared.csv"
    if not path.exists():
        return {}
    with open(path, encoding="utf-8", newline="") as file:
        return {(row["point"], row["without"]): row for row in csv.DictReader(file)}
