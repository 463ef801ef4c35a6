"""FODLAM's own JSON: energy in joules and latency in seconds by kind."""

from __future__ import annotations

import json
from typing import Any

from fodlam_core.composer import Estimate


def fodlam_json(estimates: list[Estimate]) -> str:
    """Return FODLAM's JSON; for several estimates, by the configurations' names."""
    if len(estimates) == 1:
        return _as_fodlam_prints(_totals(estimates[0]))
    return _as_fodlam_prints({each.config.source: _totals(each) for each in estimates})


def _totals(estimate: Estimate) -> dict[str, dict[str, float | None]]:
    return {
        name: {"energy": total.energy_j, "latency": total.latency_s}
        for name, total in estimate.totals.items()
    }


def _as_fodlam_prints(data: Any) -> str:
    return json.dumps(data, indent=2, sort_keys=True, allow_nan=False) + "\n"
