"""The fits that stand beside the tables of a source, with their errors.

``tools/fits.py`` writes them. A chip whose tables changed since is fitted when it is used.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from fodlam_core import fits_digest, read_fits

from .catalogue import HERE
from .rows import table_bytes

if TYPE_CHECKING:
    from fodlam_core import StoredFit


def fit_of(source: str, chip: str, point: str) -> StoredFit | None:
    """Return the fit of a point; None if it has none, or if its tables changed since."""
    fit = fits(source).get(f"{chip}/{point}")
    return fit if fit is not None and fit.digest == digest_of(source, chip) else None


@functools.cache
def fits(source: str) -> dict[str, StoredFit]:
    """Return the fits of a source by point."""
    path = HERE / source / "fits.json"
    return read_fits(path.read_bytes()) if path.exists() else {}


@functools.cache
def digest_of(source: str, chip: str) -> str:
    """Return the digest of the tables of a chip."""
    parts = ("layers", "networks")
    return fits_digest(table_bytes(HERE / source / part / f"{chip}.csv") for part in parts)
