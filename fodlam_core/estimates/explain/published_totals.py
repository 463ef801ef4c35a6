"""What the published cost of a whole network rests on: the chain from it to the total."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.estimates.explain.chain import DIGITS, Step, number
from fodlam_core.estimates.plausibility import reference_doubts
from fodlam_core.model.quantities import METRICS
from fodlam_core.report.units import counted, quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.estimates.published_totals import ReferenceCost
    from fodlam_core.estimates.result import Result
    from fodlam_core.model.quantities import Quantity


def reference_record(estimate: Result, cost: ReferenceCost) -> dict[str, Any]:
    """Return a published cost of the network with its doubts and its chain, as plain values."""
    platform = estimate.platforms[cost.accelerator]
    doubts = reference_doubts(cost.reference, estimate.network.total_macs, platform)
    return {
        **cost.to_dict(),
        "citation": platform.accelerator.citation.key,
        "implausible": [doubt._asdict() for doubt in doubts],
        "steps": [step._asdict() for step in reference_steps(estimate, cost)],
    }


def reference_steps(estimate: Result, cost: ReferenceCost) -> tuple[Step, ...]:
    """Return the steps from the printed cost of a network to that of the inferences asked for."""
    steps: list[Step] = []
    for metric, printed, value in zip(METRICS, cost.reference.amounts, cost.amounts, strict=True):
        if printed is not None and value is not None:
            steps += _steps(estimate, cost, metric, printed, value)
    text = ", ".join(
        f"{metric.name} {quantity(value, metric.unit)}"
        for metric, value in zip(METRICS, cost.amounts, strict=True)
    )
    return (*steps, Step(quantity="result", text=text, value=steps[-1].value, unit=steps[-1].unit))


def _steps(
    estimate: Result,
    cost: ReferenceCost,
    metric: Quantity,
    printed: float,
    value: float,
) -> Iterator[Step]:
    reference, platform = cost.reference, estimate.platforms[cost.accelerator]
    what, unit, factor = metric.name, metric.unit, metric.factor_of(platform.factors)
    where = reference.where or "given by the accelerator"
    images = f"for {counted(reference.batch, 'inference')}"
    text = f"{where}, all of {reference.network}: {number(printed, unit)}, {images}"
    yield Step(quantity=what, text=text, value=printed, unit=unit)
    scaled = printed * factor
    if platform.is_scaled:
        way = f"{platform.source} to {platform.target} by {platform.scaler}: "
        product = f"{number(printed, unit)} x {factor:.{DIGITS}g} = {number(scaled, unit)}"
        yield Step(quantity=what, text=way + product, value=scaled, unit=unit)
    if cost.inferences != reference.batch:
        images = counted(cost.inferences, "inference")
        share = f"{number(scaled, unit)} / {reference.batch} x {cost.inferences}"
        yield Step(
            quantity=what, text=f"{images}: {share} = {number(value, unit)}", value=value, unit=unit
        )
