"""What one inference costs, also where costs are as printed and for batches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fodlam_core.estimates.figures import OVERHEAD
from fodlam_core.estimates.published_totals import whole_network
from fodlam_core.model.quantities import METRICS, Amounts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fodlam_core.estimates.figures import LayerEstimate
    from fodlam_core.estimates.result import Result


def per_inference(estimate: Result) -> Amounts:
    """Return what one inference costs, costs being linear in the batch that they were printed for.

    A metric is known where every layer has it, and what a run takes besides its layers: a sum of
    some is not an inference.
    """
    total, coverage = estimate.totals["total"], estimate.coverage
    if estimate.batch != "published" or whole_network(estimate.platforms):
        if not total.inferences:
            return Amounts()
        count, one = sum(coverage.layers.values()), total.amounts.times(1 / total.inferences)
        beside = [each.amounts for each in estimate.layers if each.layer.kind == OVERHEAD]
        return Amounts(
            *[
                value
                if coverage.known[metric.name].layers == count
                and all(each[place] is not None for each in beside)
                else None
                for place, (metric, value) in enumerate(zip(METRICS, one, strict=True))
            ]
        )
    return Amounts(*[_sum(estimate.layers, place) for place in range(len(METRICS))])


def _sum(layers: Iterable[LayerEstimate], place: int) -> float | None:
    """Return the sum of a metric, by its place; None if it is not known of every layer."""
    shares = []
    for each in layers:
        value, batches = each.amounts[place], each.basis.batches if each.basis else ()
        # What was predicted is for one inference already.
        batch = 1 if each.method == "predicted" else batches[0] if len(batches) == 1 else None
        if value is None or batch is None:
            return None
        shares.append(value / batch)
    return math.fsum(shares)
