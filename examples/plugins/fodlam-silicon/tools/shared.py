"""What GPUs do per unit of their datasheets, and what that says of GPUs that nobody measured.

A term of the sum of `linear` is bound to the peak rate or to the memory bandwidth of a datasheet,
or to neither. So one set of coefficients, without units of their own, holds for all GPUs of a
source; it is fitted to all of them, and once without each.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fodlam_silicon.point import accelerator

from fodlam_core import Coefficients, CrossValidated
from fodlam_core.predictors import robust
from fodlam_core.predictors.linear import Linear
from fodlam_core.predictors.observations import known, observations, totals
from fodlam_core.predictors.terms import SETS
from fodlam_core.validation.intervals import half_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fodlam_core import Accelerator

TERMS = SETS["tokens"]
ACTIVATION_BYTES = 2.0
Facts = "Mapping[str, Any]"


def units(entry: Mapping[str, Any], weight_bits: float) -> list[float] | None:
    """Return what one of each term takes by the datasheet, in seconds; None if it lacks a fact."""
    peaks, bandwidth = entry.get("peaks", {}), entry.get("memory_bandwidth_bytes_per_s")
    peak = peaks.get("fp16") or peaks.get("bf16")
    if peak is None or bandwidth is None:
        return None
    moved = ACTIVATION_BYTES / value(bandwidth)
    by_term = {
        "product_macs": 1 / value(peak),
        "weight_elements": weight_bits / 8 / value(bandwidth),
        "cache_elements": moved,
        "score_elements": moved,
        "token_elements": moved,
        "layers": 1.0,
    }
    return [by_term[term] for term in TERMS]


def value(fact: Any) -> float:
    """Return the number of a fact of the register."""
    return float(fact["value"] if isinstance(fact, dict) else fact)


class Pool:
    """The runs of all GPUs of one source at one precision.

    Attributes:
        rows: by chip, the terms of each of its runs in units of its datasheet, and its seconds.
    """

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[list[float], float]]] = {}

    def add(self, chip: str, point: Accelerator, own: Sequence[float]) -> None:
        """Add the runs of a chip."""
        seen = observations((), point.references, point.networks)
        self.rows[chip] = [
            ([a * u for a, u in zip(totals(each, TERMS), own, strict=True)], seconds)
            for each, seconds in known(seen, "latency")
        ]

    def factors(self, without: str = "") -> list[float]:
        """Return the coefficients that fit all chips but one."""
        rows = [row for chip, each in self.rows.items() if chip != without for row in each]
        columns = [[terms[index] / s for terms, s in rows] for index in range(len(TERMS))]
        return list(robust.fit(columns))

    def ratios(self, runs: Iterable[str] = ()) -> list[float]:
        """Return predicted over measured of every run, from a fit without its chip."""
        found = []
        for chip, rows in self.rows.items():
            factors = self.factors(chip)
            for terms, seconds in rows:
                found.append(sum(f * t for f, t in zip(factors, terms, strict=True)) / seconds)
        return found

    def errors(self) -> CrossValidated:
        """Return how far off a chip is that was left out."""
        ratios = self.ratios()
        off = sorted(abs(ratio - 1) for ratio in ratios)
        return CrossValidated(
            scheme="leave-chips-out",
            groups=len(self.rows),
            runs=len(ratios),
            half_width=half_width(abs(math.log(ratio)) for ratio in ratios),
            mape=sum(off) / len(off),
            median=off[len(off) // 2],
        )


def coefficients(factors: Sequence[float], own: Sequence[float]) -> Coefficients:
    """Return the coefficients of a chip by its datasheet."""
    return Coefficients(dict(zip(TERMS, (f * u for f, u in zip(factors, own, strict=True)), strict=True)))


def own_fit(point: Accelerator, donor: Coefficients) -> Coefficients:
    """Return the coefficients of a measured chip, pulled towards those of the others."""
    fitted = Linear(terms="tokens", donors=(donor,)).fit((), point.references, point.networks)
    return Coefficients.of(fitted)
