"""The verdict on each point, as `run` gives it; computed once for points that cannot differ in it.

It depends on the target technology as well, so it takes a run of the composer for each of those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from fodlam_core.errors import FodlamError
from fodlam_core.estimates.verdict import verdict
from fodlam_core.sweeps.keys import BATCH, SYSTEM
from fodlam_core.sweeps.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fodlam_core.plugins.registry import Registry
    from fodlam_core.sweeps.axes import Axis
    from fodlam_core.sweeps.plan import Plan

VERDICT = "verdict"
PROBLEM = "problem"


class VerdictSource:
    """Adds the verdict to points.

    Attributes:
        doubts: the sentences that verdicts are made of so far.

    Args:
        plan: the sweep.
        registry: what is installed.
    """

    def __init__(self, plan: Plan, registry: Registry) -> None:
        self._variants = Variants(plan.source, registry)
        self._axes = [axis for axis in plan.axes.axes if axis.changes != SYSTEM]
        self.doubts: dict[str, None] = {}

    def put(self, points: pl.LazyFrame) -> pl.LazyFrame:
        """Return points with their verdict, null where they are refused."""
        apart = [axis for axis in self._axes if axis.changes != BATCH]
        verdicts, bent = self._verdicts(points, apart)
        if bent and len(apart) < len(self._axes):
            verdicts, _ = self._verdicts(points, self._axes)
        names = [name for name in verdicts.columns if name != VERDICT]
        if names:
            return points.join(verdicts.lazy(), on=names, how="left", maintain_order="left")
        fine = pl.when(pl.col(PROBLEM).is_null())
        return points.with_columns(fine.then(pl.lit(verdicts[VERDICT].first())).alias(VERDICT))

    def _verdicts(self, points: pl.LazyFrame, axes: Sequence[Axis]) -> tuple[pl.DataFrame, bool]:
        """Return the verdicts by the values of axes, and whether any may depend on the batch."""
        names = [axis.key for axis in axes]
        fine = points.filter(pl.col(PROBLEM).is_null())
        rows = fine.select(names).unique().collect(engine="streaming") if names else pl.DataFrame()
        meant = [
            dict(zip(axis.labels(), axis.values, strict=True)) if axis.type == "text" else {}
            for axis in axes
        ]
        found = [
            self._of(
                {
                    name: values.get(label, label)
                    for name, values, label in zip(names, meant, row, strict=True)
                }
            )
            for row in (rows.iter_rows() if names else [()])
        ]
        words = pl.Series(VERDICT, [word for word, _ in found], dtype=pl.String)
        return pl.concat([rows, words.to_frame()], how="horizontal"), any(bent for _, bent in found)

    def _of(self, values: Mapping[str, Any]) -> tuple[str | None, bool]:
        """Return the verdict with some keys set, and whether it may depend on the batch."""
        try:
            composer = self._variants.composer(values)
        except FodlamError:  # of a point that is refused, so that none is asked for
            return None, False
        found = verdict(composer.one)
        self.doubts |= dict.fromkeys(found.doubts)
        return found.words, composer.at is not None
