"""FODLAM's own JSON: energy in joules and latency in seconds by kind.

FODLAM knew ``conv``, ``fc`` and ``total``, always with numbers. So whoever reads its JSON finds
numbers here as well, never a null:

* a kind of layer that has no cost is left out, and a warning says so; a kind that FODLAM did not
  know, but that an accelerator serves, is a further key;
* a total without latency or without energy cannot be written;
* several configurations are keyed by name, so each can be given once.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fodlam_core.errors import FodlamError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fodlam_core.estimates import Estimate, Totals


def fodlam_json(estimates: list[Estimate]) -> str:
    """Return FODLAM's JSON; for several estimates, by the configurations' names.

    Raises:
        FodlamError: if two estimates have one name, or a total lacks latency or energy.
    """
    problems = list(_problems(estimates))
    if problems:
        raise FodlamError(*problems)
    if len(estimates) == 1:
        return _as_fodlam_prints(_totals(estimates[0]))
    return _as_fodlam_prints({each.config.source: _totals(each) for each in estimates})


def left_out(estimates: Iterable[Estimate]) -> Iterator[str]:
    """Yield a sentence for each configuration with kinds that have no cost."""
    for each in estimates:
        kinds = [name for name, totals in each.totals.items() if not _is_known(totals)]
        if kinds:
            yield (
                f"{each.config.source}: no cost of {', '.join(kinds)} layers is known; FODLAM's "
                "JSON leaves them out"
            )


def _problems(estimates: list[Estimate]) -> Iterator[str]:
    names = [each.config.source for each in estimates]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"{name}: given {names.count(name)} times; FODLAM's JSON has one result by name"
    for each in estimates:
        if not _is_known(each.totals["total"]):
            yield (
                f"{each.config.source}: latency or energy of {each.network.name} is not known, and "
                "FODLAM's JSON cannot hold that; use another --format"
            )


def _is_known(totals: Totals) -> bool:
    return totals.latency_s is not None and totals.energy_j is not None


def _totals(estimate: Estimate) -> dict[str, dict[str, float | None]]:
    return {
        name: {"energy": total.energy_j, "latency": total.latency_s}
        for name, total in estimate.totals.items()
        if _is_known(total)
    }


def _as_fodlam_prints(data: Any) -> str:
    return json.dumps(data, indent=2, sort_keys=True, allow_nan=False) + "\n"
