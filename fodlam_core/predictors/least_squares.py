"""Least squares for at most two coefficients, exactly and without numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def non_negative(rows: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return x, y >= 0 that minimise the sum of ``(x a + y b - 1)^2`` over rows ``(a, b)``.

    With columns divided by what they should add up to, this minimises relative errors. The
    optimum is inside, where the normal equations have it, or on one of the two axes.

    >>> non_negative([(1.0, 0.0), (0.0, 2.0)])
    (1.0, 0.5)
    >>> non_negative([(1.0, 1.0), (2.0, 3.0), (4.0, 7.0)])[1]
    0.0
    """
    aa, bb, ab, sa, sb = (
        sum(values) for values in zip(*((a * a, b * b, a * b, a, b) for a, b in rows), strict=True)
    )
    determinant = aa * bb - ab * ab
    if determinant > 1e-12 * aa * bb:
        x, y = (sa * bb - sb * ab) / determinant, (sb * aa - sa * ab) / determinant
        if x >= 0 and y >= 0:
            return x, y
    # On an axis the sum of squares falls by sa^2/aa, or by sb^2/bb.
    gain_a, gain_b = sa * sa / aa if aa else 0.0, sb * sb / bb if bb else 0.0
    return (sa / aa, 0.0) if gain_a >= gain_b and aa else (0.0, sb / bb)


def line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return intercept and slope of the line through points ``(x, y)``; level if all x agree.

    >>> line([(0.0, 1.0), (2.0, 5.0)])
    (1.0, 2.0)
    """
    count = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
    return mean_y - slope * mean_x, slope
