"""What cross-validation looks at in a large table, so that it takes about a second.

Everything, while there is little. Otherwise a sample of the rows, and groups of them that are held
out together; which ones depends on a checksum of their names, so that neither chance nor the order
of a table decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.predictors import sampling

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fodlam_core.model.costs import Measurement

MOST_ROWS = 2_000
# Rows that are fitted to, of all folds together.
MOST_FITTED = 100_000


def is_large(rows: int, groups: int) -> bool:
    """Tell whether it takes too long to hold out each group of a table alone."""
    return rows * groups > MOST_FITTED


def sampled(rows: Sequence[Measurement]) -> Sequence[Measurement]:
    """Return `MOST_ROWS` rows, in their order, or all if they are fewer."""
    return sampling.sampled(rows, MOST_ROWS)


def dealt(groups: Iterable[str], folds: int) -> dict[str, int]:
    """Return which of so many folds each group goes into."""
    ordered = sorted(groups, key=lambda group: (sampling.checksum(group), group))
    return {group: number % folds for number, group in enumerate(ordered)}


def sample_notes(validated: int, rows: int) -> tuple[str, ...]:
    """Return what to say where not every row of a table was looked at.

    >>> sample_notes(2000, 100_000), sample_notes(18, 18)
    (('cross-validated on 2,000 of 100,000 rows',), ())
    """
    if validated == rows:
        return ()
    return (f"cross-validated on {validated:,} of {rows:,} rows",)


def fold_notes(groups: int, folds: int) -> tuple[str, ...]:
    """Return what to say where several groups are held out together.

    >>> fold_notes(400, 250), fold_notes(18, 18)
    (('400 groups held out in 250 folds, some together',), ())
    """
    if groups == folds:
        return ()
    return (f"{groups:,} groups held out in {folds:,} folds, some together",)
