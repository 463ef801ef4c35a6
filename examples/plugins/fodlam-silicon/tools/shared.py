"""Fits what the GPUs of a source have in common, see `fodlam_silicon.shared`."""

from __future__ import annotations

import math
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from fodlam_silicon.networks import Library
from fodlam_silicon.shared import PROJECTED, TERMS, units

from fodlam_core.predictors import robust
from fodlam_core.predictors.observations import observations, totals
from fodlam_core.validation.half_widths import half_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tables import Tables

    from fodlam_core import Reference

FAR = 1.5
Runs = dict[str, list[tuple[list[float], float]]]


def entry_of(register: Mapping[str, Any], chip: str) -> dict[str, Any]:
    """Return the facts of a chip of the register without their sources."""
    entry = register[chip]
    peaks = {name: fact["value"] for name, fact in entry.get("peaks", {}).items()}
    facts = {key: fact["value"] for key, fact in entry.items() if _is_fact(fact)}
    return {**facts, "peaks": peaks}


def _is_fact(fact: object) -> bool:
    return isinstance(fact, dict) and "value" in fact


def runs(references: Iterable[Reference], own: Sequence[float]) -> list[tuple[list[float], float]]:
    """Return the terms of each run in units of a datasheet, and its seconds."""
    references = list(references)
    seen = observations((), references, Library(each.network for each in references))
    return [
        ([a * u for a, u in zip(totals(each, TERMS), own, strict=True)], each.latency)
        for each in seen
        if each.latency is not None
    ]


def factors(every: Runs, without: str = "") -> list[float]:
    """Return the factors that fit all chips but one."""
    rows = [row for chip, each in every.items() if chip != without for row in each]
    return list(robust.fit([[terms[i] / s for terms, s in rows] for i in range(len(TERMS))]))


def rows_of(point: str, every: Runs) -> list[dict[str, object]]:
    """Return the rows of ``shared.csv`` of a point: of all chips with the errors, and without each.

    The error of a chip is that of the fit without it.
    """
    ratios, rows = [], []
    for chip in every:
        found = factors(every, chip)
        rows.append({"point": point, "without": chip, **_cells(found)})
        for terms, seconds in every[chip]:
            ratios.append(math.fsum(f * t for f, t in zip(found, terms, strict=True)) / seconds)
    off = [abs(ratio - 1) for ratio in ratios]
    errors = {
        "groups": len(every),
        "runs": len(ratios),
        "half_width": f"{half_width(abs(math.log(ratio)) for ratio in ratios):.4f}",
        "mape": f"{fmean(off):.4f}",
        "median": f"{median(off):.4f}",
    }
    return [{"point": point, "without": "", **_cells(factors(every)), **errors}, *rows]


def _cells(found: Sequence[float]) -> dict[str, object]:
    return {term: f"{value:.6g}" for term, value in zip(TERMS, found, strict=True)}


def project(tables: Tables, point: str, title: str, precision: str, bits: float) -> None:
    """Declare a point of the GPUs that were not measured, and whose datasheets say enough.

    Those far outside of what was measured are left out: nothing says that they do as much per unit.
    """
    measured = tables.chips_of(point)
    seen = [units(entry_of(tables.register, chip), bits) for chip in measured]
    ranges = [(min(each) / FAR, max(each) * FAR) for each in zip(*filter(None, seen), strict=True)]
    for chip, entry in tables.register.items():
        facts = entry_of(tables.register, chip)
        own = units(facts, bits) if entry["device"] == "gpu" and "memory_bytes" in facts else None
        if own is None or chip in measured:
            continue
        if all(low <= each <= high for each, (low, high) in zip(own, ranges, strict=True)):
            tables.point(
                *(chip, f"{PROJECTED}{point}"),
                title=f"{title}, by datasheet and what other GPUs do",
                kinds="fc matmul",
                precision=precision,
                provenance="projected",
                weight_bits=bits,
            )
