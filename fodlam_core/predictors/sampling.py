"""Which rows of a large table are looked at, chosen by a checksum of their names.

So neither chance nor the order of a table decides.
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fodlam_core.model.costs import Measurement

MOST_FITTED = 5_000
"""Rows that are fitted to in many steps, so that a fit takes less than a second."""


def sampled(rows: Sequence[Measurement], most: int | None = None) -> Sequence[Measurement]:
    """Return so many rows, by default `MOST_FITTED`, in their order; all if they are fewer."""
    most = most or MOST_FITTED
    if len(rows) <= most:
        return rows
    checksums = [checksum(f"{row.network} {row.layer.key} {row.batch}") for row in rows]
    chosen = sorted(range(len(rows)), key=checksums.__getitem__)[:most]
    return [rows[index] for index in sorted(chosen)]


def fit_notes(fitted: Sequence[Measurement], rows: Sequence[Measurement]) -> tuple[str, ...]:
    """Return what to say where not every row of a table was fitted to."""
    if len(fitted) == len(rows):
        return ()
    return (f"fitted to {len(fitted):,} of {len(rows):,} rows",)


def checksum(text: str) -> int:
    """Return a number that a text always has."""
    return binascii.crc32(text.encode())
