"""Computes the parts of a sweep on this machine; polars uses all cores for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fodlam_core.sweeps.points import Evaluator
from fodlam_core.sweeps.work import Record, Work, compute

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fodlam_core.plugins.registry import Registry


def run_polars(work: Work, parts: Sequence[int], registry: Registry) -> Iterator[Record]:
    """Compute parts one after the other, and yield the record of each."""
    evaluator = Evaluator(work.plan, registry, work.columns)
    for part in parts:
        yield compute(work, evaluator, part)
