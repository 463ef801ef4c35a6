"""How wide an interval is: an order statistic of what cross-validation missed by.

The half-width, in logarithms, is an order statistic of the absolute residuals: of n, the one of
rank 0.9 (n + 1), rounded up; with it the next exchangeable residual is covered with a probability
of at least 0.9 (split conformal prediction: Vovk, Gammerman and Shafer, "Algorithmic Learning in a
Random World", 2005, section 2.2). Fewer than nine residuals have no such rank: then the largest is
stretched by rank over n. Layers of a network are not exchangeable with those of another, so the
rate is approximate.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fodlam_core.validation.held_out import HeldOut

COVERAGE_PERCENT = 90
# Fewer networks say nothing of how far off the total of a further one is.
LEAST_NETWORKS = 3

Halves = tuple[float | None, float | None]
"""Half-widths of a latency and of an energy; None where it is not known."""


def half_width(residuals: Iterable[float]) -> float:
    """Return the half-width that covers a further residual nine times out of ten.

    >>> half_width([0.1] * 9 + [0.3])
    0.3
    >>> half_width([0.1] * 18 + [0.3])
    0.1
    >>> half_width([0.1, 0.5])
    0.75
    """
    ordered = sorted(residuals)
    count = len(ordered)
    rank = -(-COVERAGE_PERCENT * (count + 1) // 100)
    return ordered[rank - 1] if rank <= count else ordered[-1] * rank / count


def of_layers(layers: Sequence[HeldOut], what: str) -> float | None:
    """Return the half-width of a quantity; None if none was measured, or none predicted."""
    residuals = [abs(math.log(measured / value)) for value, measured in _pairs(layers, what)]
    return half_width(residuals) if residuals else None


def of_totals(layers: Sequence[HeldOut]) -> Halves | None:
    """Return the half-widths of the totals of networks that were held out; None for too few."""
    networks: dict[str, list[HeldOut]] = {}
    for each in layers:
        networks.setdefault(each.measurement.network, []).append(each)
    if len(networks) < LEAST_NETWORKS:
        return None
    latency, energy = (
        total_half_width([_pairs(every, what) for every in networks.values()])
        for what in ("latency_s", "energy_j")
    )
    return latency, energy


def total_half_width(networks: Iterable[Sequence[tuple[float, float]]]) -> float | None:
    """Return the half-width for the total of a further network.

    Args:
        networks: by network, predicted and measured values of its layers.

    >>> total_half_width([[(1, 2), (2, 1)], [(3, 3)]])
    0.0
    """
    sums = [[sum(side) for side in zip(*pairs, strict=True)] for pairs in networks if pairs]
    residuals = [abs(math.log(predicted / measured)) for predicted, measured in sums]
    return half_width(residuals) if residuals else None


def _pairs(layers: Sequence[HeldOut], what: str) -> list[tuple[float, float]]:
    """Return predicted and measured of those layers that have both; the worst of equal fits."""
    pairs = []
    for each in layers:
        measured = getattr(each.measurement.cost, what)
        predicted = [getattr(cost, what) for cost in (each.predicted, *each.alternatives)]
        if measured is not None and None not in predicted:
            worst = max(predicted, key=lambda value: abs(math.log(measured / value)))
            pairs.append((worst, measured))
    return pairs
