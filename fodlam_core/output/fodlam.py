"""FODLAM's own JSON: energy in joules and latency in seconds by kind."""

from __future__ import annotations

from fodlam_core.composer import Estimate
from fodlam_core.output.report import as_json


def fodlam_json(estimates: list[Estimate]) -> str:
    """Return FODLAM's JSON; for several estimates, by the configurations' names."""
    if len(estimates) == 1:
        return as_json(_totals(estimates[0]), sort_keys=True)
    return as_json({each.config.source: _totals(each) for each in estimates}, sort_keys=True)


def _totals(estimate: Estimate) -> dict[str, dict[str, float | None]]:
    return {
        name: {"energy": total.energy_j, "latency": total.latency_s}
        for name, total in estimate.totals.items()
    }
