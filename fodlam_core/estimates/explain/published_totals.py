"""What the published cost of a whole network rests on: the chain from it to the total."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fodlam_core.estimates.explain.chain import DIGITS, Step, number
from fodlam_core.estimates.plausibility import reference_doubts
from fodlam_core.report.units import counted, quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.estimates.published_totals import ReferenceCost
    from fodlam_core.estimates.result import Result


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
    factors = estimate.platforms[cost.accelerator].factors
    reference = cost.reference
    steps: list[Step] = []
    if reference.latency_s is not None and cost.latency_s is not None:
        values = reference.latency_s, factors.time, cost.latency_s
        steps += _steps(estimate, cost, "latency", *values, "s")
    if reference.energy_j is not None and cost.energy_j is not None:
        values = reference.energy_j, factors.energy, cost.energy_j
        steps += _steps(estimate, cost, "energy", *values, "J")
    text = f"latency {quantity(cost.latency_s, 's')}, energy {quantity(cost.energy_j, 'J')}"
    return (*steps, Step("result", text, steps[-1].value, steps[-1].unit))


def _steps(
    estimate: Result,
    cost: ReferenceCost,
    what: str,
    printed: float,
    factor: float,
    value: float,
    unit: str,
) -> Iterator[Step]:
    reference, platform = cost.reference, estimate.platforms[cost.accelerator]
    where = reference.where or "given by the accelerator"
    images = f"for {counted(reference.batch, 'inference')}"
    text = f"{where}, all of {reference.network}: {number(printed, unit)}, {images}"
    yield Step(what, text, printed, unit)
    scaled = printed * factor
    if platform.is_scaled:
        way = f"{platform.source} to {platform.target} by {platform.scaler}: "
        product = f"{number(printed, unit)} x {factor:.{DIGITS}g} = {number(scaled, unit)}"
        yield Step(what, way + product, scaled, unit)
    if cost.inferences != reference.batch:
        images = counted(cost.inferences, "inference")
        share = f"{number(scaled, unit)} / {reference.batch} x {cost.inferences}"
        yield Step(what, f"{images}: {share} = {number(value, unit)}", value, unit)
